import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { env } from "#server/env.ts";
import { currentUser } from "#server/session.ts";
import { nextPath } from "#ui/sign-in/next-path.ts";
import { SignInScreen } from "#ui/sign-in/sign-in-screen.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const next = nextPath((await searchParams).next);
  if (await currentUser()) redirect(next);
  return <SignInScreen kind="sign-in" next={next} origin={env().BETTER_AUTH_URL} />;
}
