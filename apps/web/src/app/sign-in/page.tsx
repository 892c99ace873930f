import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { currentUser } from "#server/auth/current-session.ts";
import { env } from "#server/env.ts";
import { nextPath } from "#ui/api/sign-in-link.ts";
import { SignInScreen } from "#ui/sign-in/sign-in-screen.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const next = nextPath((await searchParams).next);
  if (await currentUser()) redirect(next);
  return <SignInScreen kind="sign-in" next={next} origin={env().BETTER_AUTH_URL} />;
}
