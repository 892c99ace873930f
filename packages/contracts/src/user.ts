import { z } from "zod";
import { codePoints, limits } from "./limits.ts";
import { Instant, isStorable } from "./task.ts";

const nameMessage = `Write a name of 1 to ${limits.name} characters.`;
const Name = z
  .string(nameMessage)
  .trim()
  .refine(isStorable, "Remove the NUL character or the half of a surrogate pair.")
  .refine((text) => text.length > 0 && codePoints(text) <= limits.name, nameMessage)
  .meta({ minLength: 1, maxLength: limits.name, examples: ["Ada"] });

const Email = z
  .email("Write an email address, as ada@example.com.")
  .max(254, "Write an email address of at most 254 characters.")
  .toLowerCase()
  .meta({ examples: ["ada@example.com"] });

const passwordMessage = `Choose a password of ${limits.passwordMin} to ${limits.passwordMax} characters.`;
/** Hashing would take NUL and half a surrogate pair for other characters: two passwords in one. */
const hashable = "Leave out the NUL character or the half of a surrogate pair.";

/** Keyboards write one text in several ways: NIST SP 800-63B normalizes it before it is hashed. */
const normalized = (message: string) => z.string(message).normalize("NFKC");

const Password = normalized(passwordMessage)
  .refine(isStorable, hashable)
  .refine((text) => {
    const length = codePoints(text);
    return length >= limits.passwordMin && length <= limits.passwordMax;
  }, passwordMessage)
  .meta({
    minLength: limits.passwordMin,
    maxLength: limits.passwordMax,
    description:
      "Counted in code points, after normalization to NFKC. Common passwords are refused.",
  });

export const NewUser = z
  .strictObject({ name: Name, email: Email, password: Password })
  .meta({ id: "NewUser" });

const GivenPassword = normalized("Write the password.")
  .min(1, "Write the password.")
  .max(limits.passwordMax * 2)
  .refine(isStorable, hashable);

export const Credentials = z
  .strictObject({ email: Email, password: GivenPassword })
  .meta({ id: "Credentials" });

export const UserChange = z.strictObject({ name: Name }).meta({ id: "UserChange" });

export const PasswordChange = z
  .strictObject({ current_password: GivenPassword, new_password: Password })
  .meta({ id: "PasswordChange" });

export const UserDeletion = z
  .strictObject({ password: GivenPassword })
  .meta({ id: "UserDeletion" });

/** What a person sees of their own account. */
export const User = z
  .object({
    id: z.string().meta({ examples: ["5f0c1f9e-8a55-4a3b-9a52-0f4f7a2d9c11"] }),
    name: z.string(),
    email: z.string(),
  })
  .meta({ id: "User" });

/** one place where a person is signed in. Nothing in it opens a session. */
export const Session = z
  .object({
    id: z.guid().meta({ examples: ["c56a4180-65aa-42ec-a945-5fd21dec0538"] }),
    created_at: Instant.meta({ description: "When it was signed in." }),
    updated_at: Instant.meta({ description: "When it was last used, to the hour." }),
    expires_at: Instant.meta({ description: "When it ends, unless it is used before." }),
    user_agent: z
      .string()
      .nullable()
      .meta({ description: "What the program said of itself when it signed in." }),
    ip_address: z.string().nullable().meta({ description: "From where it signed in." }),
    current: z.boolean().meta({ description: "Whether it is the one that asks." }),
  })
  .meta({ id: "Session" });

export const SessionChoice = z
  .strictObject({
    id: z.guid("Give the id of a session, as listSessions has it.").toLowerCase(),
  })
  .meta({ id: "SessionChoice" });

export type NewUser = z.output<typeof NewUser>;
export type Session = z.infer<typeof Session>;
export type User = z.infer<typeof User>;
