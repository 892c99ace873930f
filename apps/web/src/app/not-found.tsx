import type { Metadata } from "next";
import { buttonClass } from "#ui/kit/button.tsx";
import { Notice } from "#ui/kit/notice.tsx";
import { Header } from "#ui/page/header.tsx";

export const metadata: Metadata = { title: "Nothing here" };

export default function NotFoundPage() {
  return (
    <>
      <Header />
      <Notice
        title="There is nothing at this address"
        text="The address may be mistyped, or what was here is gone. Your tasks are safe."
      >
        <a href="/tasks" className={buttonClass("primary")}>
          Go to your tasks
        </a>
        <a href="/docs" className={buttonClass()}>
          API docs
        </a>
      </Notice>
    </>
  );
}
