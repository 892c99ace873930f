import { cookies } from "next/headers";
import Link from "next/link";
import { redirect } from "next/navigation";
import { currentUser } from "#server/auth/current-session.ts";
import { accountDeletedCookie } from "#ui/account/account-deleted-cookie.ts";
import { readTheme, themeCookie } from "#ui/device/theme.ts";
import { buttonClass } from "#ui/kit/button.tsx";
import { Header } from "#ui/page/header.tsx";
import { Screenshot } from "#ui/page/screenshot.tsx";
import { NobodySignedIn } from "#ui/sign-in/nobody-signed-in.tsx";

export default async function StartPage() {
  if (await currentUser()) redirect("/tasks");
  const jar = await cookies();
  return (
    <>
      <NobodySignedIn />
      <Header />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-wide px-4 py-12 outline-none sm:px-6 sm:py-16"
      >
        {jar.has(accountDeletedCookie) && (
          <p className="mb-8 rounded-control border border-divider bg-surface px-4 py-3">
            Your account and all your tasks are deleted.
          </p>
        )}
        <h1 className="text-title tracking-tight">
          A calm, private task list that never loses a word.
        </h1>
        <div className="mt-6 mb-12 flex flex-wrap gap-2">
          <Link href="/sign-up" className={buttonClass("primary")}>
            Create account
          </Link>
          <Link href="/sign-in" className={buttonClass()}>
            Sign in
          </Link>
          <a href="/docs" className={buttonClass()}>
            API docs
          </a>
        </div>
        <Screenshot theme={readTheme(jar.get(themeCookie)?.value)} />
      </main>
    </>
  );
}
