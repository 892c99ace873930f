"use client";

import { Button, buttonClass } from "#ui/kit/button.tsx";
import { Notice } from "#ui/kit/notice.tsx";
import { Header } from "#ui/page/header.tsx";

export default function ErrorPage({
  error,
  retry,
}: {
  error: Error & { digest?: string };
  retry: () => void;
}) {
  return (
    <>
      <Header />
      <Notice
        title="This page could not be shown"
        text={
          <>
            What you saved is safe, and what you were typing is kept. Go on from there
            {error.digest ? (
              <>
                ; if it keeps failing, report the code{" "}
                <code className="font-mono">{error.digest}</code>.
              </>
            ) : (
              "."
            )}
          </>
        }
      >
        <Button variant="primary" onClick={retry}>
          Go on
        </Button>
        <a href="/" className={buttonClass()}>
          Go to the start
        </a>
      </Notice>
    </>
  );
}
