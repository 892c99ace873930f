import Link from "next/link";
import { withNext } from "#ui/api/sign-in-link.ts";
import { Header } from "#ui/page/header.tsx";
import { NeedsScript } from "#ui/page/needs-script.tsx";
import { NobodySignedIn } from "./nobody-signed-in.tsx";
import { SignInForm, type SignInFormProps } from "./sign-in-form.tsx";

const words = {
  "sign-up": {
    title: "Create your account",
    question: "Already have an account?",
    other: "Sign in",
    otherScreen: "/sign-in",
  },
  "sign-in": {
    title: "Sign in",
    question: "New here?",
    other: "Create an account",
    otherScreen: "/sign-up",
  },
} as const;

/** The whole screen around the form, for sign-up and sign-in. */
export function SignInScreen(form: SignInFormProps) {
  const { kind, next } = form;
  const { title, question, other, otherScreen } = words[kind];
  return (
    <>
      <Header />
      <NeedsScript text="Tend needs JavaScript to sign you in and to keep your tasks." />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-form px-4 py-8 outline-none sm:py-12"
      >
        <h1 className="text-title">{title}</h1>
        <p className="mt-2 mb-6 text-muted">
          {question}{" "}
          <Link className="link" href={withNext(otherScreen, next)}>
            {other}
          </Link>
        </p>
        <div className="noscript:hidden">
          <SignInForm {...form} />
        </div>
        {/* Under the form, which does not move when it comes. */}
        <NobodySignedIn says={kind === "sign-in"} />
      </main>
    </>
  );
}
