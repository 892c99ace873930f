import { limits } from "@tend/contracts/limits";
import { jsonBytes } from "./import-check.ts";
import type { Job } from "./import-plan.ts";

const around = jsonBytes({ operations: [], atomic: false });

/** The first jobs, as many as one request may carry (T-10, E-2), but at least one. */
export function nextBatch(jobs: readonly Job[]): readonly Job[] {
  let operations = 0;
  let bytes = around;
  let end = 0;
  for (const job of jobs.slice(0, limits.batch)) {
    operations += job.operations.length;
    // Each operation has a comma behind it.
    bytes += jsonBytes(job.operations) + 1;
    if (end > 0 && (operations > limits.batch || bytes > limits.body)) break;
    end++;
  }
  return jobs.slice(0, end);
}
