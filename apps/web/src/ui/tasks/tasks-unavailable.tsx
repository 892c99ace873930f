import { buttonClass } from "#ui/button.tsx";
import { Header } from "#ui/header.tsx";
import { Notice } from "#ui/notice.tsx";

/** In place of the list, when the server cannot read it. */
export function TasksUnavailable({ href }: { href: string }) {
  return (
    <>
      <Header />
      <Notice
        title="Your tasks cannot be shown right now"
        text="The server cannot reach them. What you saved is safe; try again in a moment."
      >
        {/* A plain link: a full page load, which works without any script. */}
        <a href={href} className={buttonClass("primary")}>
          Try again
        </a>
      </Notice>
    </>
  );
}
