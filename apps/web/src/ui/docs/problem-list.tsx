import { type ProblemCode, problems, problemsOf } from "@tend/contracts";
import { entries } from "./document.ts";

/** All codes that the API can answer; the `type` of a problem links to its entry. */
export function ProblemList() {
  return (
    <ul className="drawn-near mt-8 divide-y divide-divider border-divider border-y">
      {codes.map((code) => {
        const { status, title, detail } = problems[code];
        return (
          <li
            key={code}
            id={code}
            className="-mx-3 grid gap-1 px-3 py-4 target:bg-hover sm:grid-cols-[260px_minmax(0,1fr)] sm:gap-6"
          >
            <h3 className="font-medium font-mono text-meta">
              <a href={`#${code}`} className="break-words rounded-[2px] hover:underline">
                {code}
              </a>
              <span className="mt-1 block text-muted">{status}</span>
            </h3>
            <div className="grid gap-1">
              <p className="font-medium">{title}</p>
              <p className="text-muted">{detail}</p>
              <p className="text-meta text-muted">
                <AnsweredBy code={code} />
              </p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

// The keys of the table, which Object.keys widens.
const codes = Object.keys(problems) as ProblemCode[];

function AnsweredBy({ code }: { code: ProblemCode }) {
  if (code === "failed_dependency") {
    return (
      <>
        Stands in the results of{" "}
        <a href="#batchTasks" className="link font-mono">
          batchTasks
        </a>
      </>
    );
  }
  const from = entries.filter(({ operation }) => problemsOf(operation).includes(code));
  if (from.length === entries.length || from.length === 0) return "Any address can answer this.";
  return (
    <>
      {"Answered by "}
      {from.map(({ id }, index) => (
        <span key={id}>
          {index > 0 && ", "}
          <a href={`#${id}`} className="link font-mono">
            {id}
          </a>
        </span>
      ))}
    </>
  );
}
