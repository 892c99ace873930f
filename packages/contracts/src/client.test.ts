import { expect, test } from "vitest";
import { ApiError, createClient, nextCursor, UnreachableError } from "./client.ts";

/** A fetch that answers with this, and the requests that it got. */
function answering(answer: () => Response) {
  const asked: Request[] = [];
  const fetcher: typeof fetch = async (url, init) => {
    asked.push(new Request(new URL(String(url), "http://tend.test"), init));
    return answer();
  };
  return { asked, fetch: fetcher };
}

const id = "0199d3c2-6f1e-7a54-9b0e-3c2f5d8a1b47";

test("[A-3] a task operation carries the token, an open one does not", async () => {
  const { asked, fetch } = answering(() => Response.json({ status: "ok" }));
  const client = createClient({ token: () => "abc", fetch });
  await client.getTask({ params: { id } });
  await client.getHealth();
  expect(asked.map((request) => request.headers.get("Authorization"))).toEqual([
    "Bearer abc",
    null,
  ]);
});

test("[O-3] with a user it speaks to the address form that names the user", async () => {
  const { asked, fetch } = answering(() => Response.json([]));
  const client = createClient({ token: () => "abc", userId: "a/b", fetch });
  await client.listTasks({ query: { status: "pending", limit: "5" } });
  expect(asked[0]?.url).toBe("http://tend.test/api/a%2Fb/tasks?status=pending&limit=5");
});

test("[T-5] without a body nothing is sent; with one it is JSON", async () => {
  const { asked, fetch } = answering(() => Response.json({}));
  const client = createClient({ fetch });
  await client.completeTask({ params: { id } });
  await client.completeTask({ params: { id }, body: { completed: true } });
  expect(asked[0]?.headers.get("Content-Type")).toBeNull();
  expect(asked[1]?.headers.get("Content-Type")).toBe("application/json");
  expect(await asked[1]?.text()).toBe('{"completed":true}');
});

test("[E-1] a problem is thrown as what it says, with the seconds to wait", async () => {
  const problem = {
    type: "/docs#x",
    title: "X",
    status: 503,
    detail: "Wait.",
    code: "x",
    request_id: "r",
  };
  const { fetch } = answering(() =>
    Response.json(problem, { status: 503, headers: { "Retry-After": "2" } }),
  );
  const error = await createClient({ fetch })
    .getReadiness()
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ problem, retryAfter: 2, message: "Wait." });
});

test.each([
  ["the network fails", () => Promise.reject(new TypeError("fetch failed"))],
  ["a page comes instead of JSON", async () => new Response("<html>", { status: 502 })],
  ["a success is no JSON", async () => new Response("<html>")],
  ["a success is empty", async () => new Response("")],
])("when %s it says that the server cannot be reached", async (_, fetch) => {
  await expect(createClient({ fetch }).getHealth()).rejects.toBeInstanceOf(UnreachableError);
});

test("[T-6] the next cursor comes from the Link header", () => {
  const headers = new Headers({ Link: '</api/tasks?limit=5&cursor=a-b_c>; rel="next"' });
  expect(nextCursor(headers)).toBe("a-b_c");
  expect(nextCursor(new Headers())).toBeUndefined();
});
