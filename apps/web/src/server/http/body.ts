import { limits } from "@tend/contracts";
import type { ApiRequest } from "./api-request.ts";
import { ProblemError } from "./problem.ts";

const jsonType = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/**
 * E-2: the JSON of a body, or undefined where there is no body. `types`: the only content types
 * that are taken; by default any JSON.
 *
 * @throws ProblemError body_too_large, unsupported_media_type or malformed_json.
 */
export async function readJson(request: ApiRequest, types?: readonly string[]): Promise<unknown> {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  const type = request.headers.get("Content-Type") ?? "";
  if (
    types ? !types.includes(type.split(";")[0]?.trim().toLowerCase() ?? "") : !jsonType.test(type)
  ) {
    throw new ProblemError("unsupported_media_type", {
      ...(types && { detail: `Send the body as ${types.join(" or ")}.` }),
    });
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new ProblemError("malformed_json");
  }
}

/** The body's bytes. Counts what arrives, whatever Content-Length says, and stops at the limit. */
async function readBytes({ headers, body }: ApiRequest): Promise<Uint8Array> {
  if (Number(headers.get("Content-Length") ?? 0) > limits.body) {
    throw new ProblemError("body_too_large");
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body ?? []) {
      length += chunk.length;
      if (length > limits.body) throw new ProblemError("body_too_large");
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError("malformed_json", { detail: "The body broke off. Send it again." });
  }
  return Buffer.concat(chunks, length);
}
