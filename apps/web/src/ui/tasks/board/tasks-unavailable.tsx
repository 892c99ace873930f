import { buttonClass } from "#ui/kit/button.tsx";
import { Notice } from "#ui/kit/notice.tsx";
import { Header } from "#ui/page/header.tsx";

interface TasksUnavailableProps {
  readonly href: string;
  /** Whether the account made too many requests in this minute. */
  readonly overLimit?: boolean;
}

/** The page in place of the list, when the server cannot read it, or got too many requests. */
export function TasksUnavailable({ href, overLimit = false }: TasksUnavailableProps) {
  return (
    <>
      <Header />
      <Notice
        title="Your tasks cannot be shown right now"
        text={
          overLimit
            ? "Too many requests came from your account. What you saved is safe; try again in a minute."
            : "The server cannot reach them. What you saved is safe; try again in a moment."
        }
      >
        {/* A plain link: a full page load, which works without any script. */}
        <a href={href} className={buttonClass("primary")}>
          Try again
        </a>
      </Notice>
    </>
  );
}
