"use client";

import { useSyncExternalStore } from "react";
import { buttonClass } from "#ui/kit/button.tsx";
import { Notice } from "#ui/kit/notice.tsx";
import { Header } from "#ui/page/header.tsx";
import { CachedTasksScreen } from "#ui/tasks/board/cached-tasks-screen.tsx";

/** The paths at which the list is shown; the start page leads there, too. */
const listed: readonly string[] = ["/tasks", "/", "/offline"];

const never = () => () => {};

/** The page in place of one that could not be fetched, at that one's address. */
export function Shell() {
  const address = useSyncExternalStore(
    never,
    () => location.pathname + location.search,
    () => null,
  );
  if (address === null) return <Header />;
  const [path = ""] = address.split("?");
  if (!listed.includes(path)) {
    return (
      <>
        <Header />
        <Notice
          title="This page needs a connection"
          text="The server cannot be reached. Your tasks open without it."
        >
          <a href="/tasks" className={buttonClass("primary")}>
            Go to your tasks
          </a>
          <a href={address} className={buttonClass()}>
            Try again
          </a>
        </Notice>
      </>
    );
  }
  return (
    <CachedTasksScreen
      meanwhile={<Header />}
      otherwise={
        <>
          <Header />
          <Notice
            title="Your tasks cannot be shown right now"
            text="The server cannot be reached, and no tasks are kept on this device. Check your connection, then try again."
          >
            <a href="/tasks" className={buttonClass("primary")}>
              Try again
            </a>
          </Notice>
        </>
      }
    />
  );
}
