import { singleKeysAreOn } from "#ui/device/single-keys.ts";
import type { Command } from "./command.ts";
import { commandList } from "./commands.ts";
import { KeyCaps, keysThatWork } from "./key-caps.tsx";

const groups = ["Tasks", "Move", "Everywhere"] as const satisfies readonly Command["group"][];

/** The table of the keys that work now. */
export function ShortcutTable() {
  const rows = commandList.map(([name, { keys, native = [], ...command }]) => ({
    name,
    ...command,
    keys: [...keysThatWork(keys), ...native],
  }));
  return (
    <div className="grid gap-5">
      {!singleKeysAreOn() && (
        <p className="rounded-control bg-hover px-3 py-2">
          Single-key shortcuts are off.{" "}
          <a className="link" href="/account#keyboard">
            Turn them on in your account
          </a>
        </p>
      )}
      {groups.map((group) => (
        <section key={group}>
          <h3 className="mb-1 text-meta text-muted">{group}</h3>
          <dl>
            {rows
              .filter((row) => row.group === group && row.keys.length > 0)
              .map(({ name, text, keys }) => (
                <div
                  key={name}
                  className="flex min-h-9 items-center justify-between gap-4 border-divider border-b"
                >
                  <dt>{text}</dt>
                  <dd>
                    <KeyCaps keys={keys} />
                  </dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
