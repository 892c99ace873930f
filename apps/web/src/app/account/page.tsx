import type { Metadata } from "next";
import { cookies } from "next/headers";
import Link from "next/link";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { currentSession } from "#server/auth/current-session.ts";
import { listSessions } from "#server/auth/sessions.ts";
import { isUnavailable } from "#server/database.ts";
import { isOverLimit } from "#server/http/limits/rate-limit.ts";
import { countTasksForPage } from "#server/http/pages/tasks-page.ts";
import { ApiTokenPanel } from "#ui/account/api-token.tsx";
import { DeleteAccount } from "#ui/account/delete-account.tsx";
import { deviceOf } from "#ui/account/device-name.ts";
import { NameForm } from "#ui/account/name-form.tsx";
import { PasswordForm } from "#ui/account/password-form.tsx";
import { SessionList } from "#ui/account/session-list.tsx";
import { SignOutButton } from "#ui/account/sign-out-button.tsx";
import { SingleKeysChoice } from "#ui/account/single-keys-choice.tsx";
import { ThemeChoice } from "#ui/account/theme-choice.tsx";
import { withNext } from "#ui/api/sign-in-link.ts";
import { readSingleKeys, singleKeysCookie } from "#ui/device/single-keys.ts";
import { readTheme, themeCookie } from "#ui/device/theme.ts";
import { AccountLink } from "#ui/page/account-link.tsx";
import { Header } from "#ui/page/header.tsx";
import { NeedsScript } from "#ui/page/needs-script.tsx";
import { exportChoices } from "#ui/transfer/export/export-choices.ts";
import { ExportPanel } from "#ui/transfer/export/export-panel.tsx";
import { FileChoice } from "#ui/transfer/import/file-choice.tsx";
import { ImportPanel } from "#ui/transfer/import/import-panel.tsx";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage() {
  const session = await currentSession();
  if (!session) redirect(withNext("/sign-in", "/account"));
  const { user } = session;
  const [sessions, counts] = await Promise.all([
    listSessions(user.id, session.id),
    countTasksForPage(user.id).catch((error: unknown) => {
      // A user over the limit, perhaps by a stolen token, can still open this page.
      if (isOverLimit(error) || isUnavailable(error)) return null;
      throw error;
    }),
  ]);
  const kept = await cookies();
  const named = sessions.map(({ user_agent, ...rest }) => ({
    ...rest,
    device: deviceOf(user_agent),
  }));
  const theme = readTheme(kept.get(themeCookie)?.value);
  const singleKeys = readSingleKeys(kept.get(singleKeysCookie)?.value);
  return (
    <>
      <Header home="/tasks" end={<AccountLink name={user.name} />} />
      <NeedsScript text="Without JavaScript nothing can be changed here." />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-list px-4 py-8 outline-none sm:py-12"
      >
        <h1 className="mb-2 text-title">Account</h1>
        <p className="mb-8 text-muted">
          <Link className="link" href="/tasks">
            Back to your tasks
          </Link>
        </p>
        <Section title="Profile" text="Your name is shown to you alone.">
          <NameForm userId={user.id} name={user.name} />
          <dl className="mt-6">
            <dt className="font-medium">Email</dt>
            <dd className="mt-1 break-words text-muted">{user.email}</dd>
          </dl>
        </Section>
        <Section title="Password" text="A new one signs you out everywhere else.">
          <PasswordForm email={user.email} />
        </Section>
        <Section
          title="Sessions"
          text="Where you are signed in. What you sign out here can reach your tasks for up to 15 minutes more, until its API token expires."
        >
          <SessionList sessions={named} />
        </Section>
        <Section title="Theme" text="On this device.">
          <ThemeChoice theme={theme} />
        </Section>
        <Section id="keyboard" title="Keyboard" text="On this device.">
          <SingleKeysChoice on={singleKeys} />
        </Section>
        <Section
          title="API token"
          text={
            <>
              For your own scripts. A token opens your tasks for 15 minutes; the{" "}
              <Link className="link" href="/docs">
                API docs
              </Link>{" "}
              show what it can do.
            </>
          }
        >
          <ApiTokenPanel />
        </Section>
        <Section id="export" title="Export" text="All your tasks in one file.">
          <ExportPanel userId={user.id} total={counts?.all ?? 0} choices={exportChoices} />
        </Section>
        <Section
          id="import"
          title="Import"
          text="Adds the tasks of a file. You see first what it would do."
        >
          <ImportPanel userId={user.id}>
            <FileChoice />
          </ImportPanel>
        </Section>
        <Section title="Sign out" text="On this device.">
          <SignOutButton user={user} />
        </Section>
        <Section title="Delete account" text="For good, with every task.">
          <DeleteAccount user={user} />
        </Section>
      </main>
    </>
  );
}

function Section({
  id,
  title,
  text,
  children,
}: {
  id?: string;
  title: string;
  text: ReactNode;
  children: ReactNode;
}) {
  return (
    <section
      id={id}
      className="grid gap-4 border-divider border-t py-8 sm:grid-cols-[200px_minmax(0,1fr)] sm:gap-8"
    >
      <div>
        <h2 className="text-section">{title}</h2>
        <p className="mt-1 text-meta text-muted">{text}</p>
      </div>
      {/* Without JavaScript the texts stay, and controls that would do nothing are hidden. */}
      <div className="min-w-0 noscript:[&_:is(form,fieldset,button,label,#single-keys-hint)]:hidden">
        {children}
      </div>
    </section>
  );
}
