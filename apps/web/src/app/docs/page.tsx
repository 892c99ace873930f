import type { Metadata } from "next";
import Link from "next/link";
import { currentUser } from "#server/auth/current-session.ts";
import { env } from "#server/env.ts";
import { Authentication } from "#ui/docs/authentication.tsx";
import { Contents } from "#ui/docs/contents.tsx";
import { Conventions } from "#ui/docs/conventions.tsx";
import { entries, exampleTask, tags, taskSchema } from "#ui/docs/document.ts";
import { SchemaFields } from "#ui/docs/field-list.tsx";
import { JsonSample } from "#ui/docs/json-sample.tsx";
import { OperationSection } from "#ui/docs/operation-section.tsx";
import { ProblemList } from "#ui/docs/problem-list.tsx";
import { Quickstart } from "#ui/docs/quickstart.tsx";
import { Chapter, Pair } from "#ui/docs/section.tsx";
import { buttonClass } from "#ui/kit/button.tsx";
import { AccountLink } from "#ui/page/account-link.tsx";
import { preloadMono } from "#ui/page/fonts.ts";
import { Header } from "#ui/page/header.tsx";

export const metadata: Metadata = {
  title: "API docs",
  description: "The API of Tend: a quickstart, every operation, every error.",
};

export default async function DocsPage() {
  const user = await currentUser();
  const origin = env().BETTER_AUTH_URL;
  preloadMono();
  return (
    <>
      <Header
        home={user ? "/tasks" : "/"}
        end={
          user ? (
            <AccountLink name={user.name} />
          ) : (
            <Link href="/sign-in?next=%2Fdocs" className={buttonClass("quiet")}>
              Sign in
            </Link>
          )
        }
      />
      <div className="mx-auto grid w-full max-w-reference px-4 sm:px-6 lg:grid-cols-[212px_minmax(0,1fr)] lg:items-start lg:gap-10">
        <Contents />
        <main id="content" tabIndex={-1} className="min-w-0 py-8 outline-none sm:py-12 lg:py-8">
          <div className="mb-10">
            <h1 className="text-title tracking-tight">API docs</h1>
            <p className="mt-2 max-w-prose text-muted">
              Your tasks over HTTP and JSON, at <span className="wrap-anywhere">{origin}</span>. For
              tools there is the same as{" "}
              <a className="link" href="/api/openapi.json">
                OpenAPI 3.1
              </a>
              .
            </p>
          </div>
          <Quickstart origin={origin} signedIn={user !== null} />
          <Authentication />
          <Conventions origin={origin} />
          {tags.map(({ name, description }) => (
            <Chapter key={name} id={name.toLowerCase()} title={name} text={description}>
              {entries
                .filter(({ operation }) => operation.tag === name)
                .map((entry) => (
                  <OperationSection key={entry.id} entry={entry} origin={origin} />
                ))}
            </Chapter>
          ))}
          <Chapter id="task" title="The task" text="What every answer about a task holds.">
            <Pair samples={<JsonSample title="Task" value={exampleTask} />}>
              <SchemaFields schema={taskSchema} />
            </Pair>
          </Chapter>
          <Chapter
            id="problems"
            title="Problems"
            text="Every code that an error can carry, and what to do about it."
          >
            <ProblemList />
          </Chapter>
        </main>
      </div>
    </>
  );
}
