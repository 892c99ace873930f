import { useState } from "react";
import type { Absent } from "#ui/device/active-user.ts";
import { browserStorage } from "#ui/device/storage.ts";
import { Button } from "#ui/kit/button.tsx";
import { Dialog } from "#ui/kit/dialog.tsx";
import type { Waiting } from "#ui/tasks/sync/forget-tasks.ts";
import { unsavedInWords } from "#ui/tasks/sync/unsaved-in-words.ts";
import { unsavedOn, wipeDevice } from "#ui/tasks/sync/wipe.ts";

interface WaitingNoticeProps {
  readonly waiting: readonly Waiting[];
  readonly onDiscarded: (userId: string) => void;
}

/** Says whose changes wait on this device, without saying which, and offers to discard them. */
export function WaitingNotice({ waiting, onDiscarded }: WaitingNoticeProps) {
  const [asked, setAsked] = useState<Waiting | null>(null);
  const [said, setSaid] = useState("");

  // It is counted again: a tab that is still open may have added to it.
  const ask = async ({ person }: Waiting) =>
    setAsked({ person, unsaved: await unsavedOn(browserStorage(), person.id) });
  const discard = async ({ person }: Waiting) => {
    setAsked(null);
    await wipeDevice(person.id);
    onDiscarded(person.id);
    setSaid("Discarded");
    document.getElementById("content")?.focus({ preventScroll: true });
  };

  return (
    <>
      {waiting.map((one) => (
        <div
          key={one.person.id}
          className="mt-8 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-control border border-divider bg-surface px-3 py-2"
        >
          <p className="min-w-0 flex-1 basis-48">
            <What {...one} /> {rest(one)}
          </p>
          <Button size="small" onClick={() => ask(one)}>
            Discard
          </Button>
        </div>
      ))}
      <Dialog
        open={asked !== null}
        onClose={() => setAsked(null)}
        title="Discard what waits here?"
        actions={
          <>
            <Button onClick={() => asked && discard(asked)}>Discard for good</Button>
            <Button variant="primary" onClick={() => setAsked(null)}>
              Keep
            </Button>
          </>
        }
      >
        {asked && (
          <p>
            This deletes <What {...asked} /> from this device. They are nowhere else, and nobody can
            bring them back.
          </p>
        )}
      </Dialog>
      <p role="status" className="sr-only">
        {said}
      </p>
    </>
  );
}

/** What waits, and whose it is, as far as whoever uses this device may know. */
const What = ({ unsaved, person }: Waiting) => (
  <>
    <span>{unsavedInWords(unsaved)}</span> of <Whose {...person} />
  </>
);

const Whose = ({ email }: Absent) =>
  email === "" ? <span>somebody who was here</span> : <span translate="no">{email}</span>;

function rest({ unsaved: { mutations, drafts } }: Waiting): string {
  const [waits, them] = mutations + drafts === 1 ? ["waits", "it"] : ["wait", "them"];
  const what = mutations > 0 ? "send" : "go on with";
  return `${waits} here. Sign in to ${what} ${them}, or discard ${them}.`;
}
