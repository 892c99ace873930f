import { Code } from "#ui/kit/code.tsx";
import { Chapter, Heading, Pair } from "./section.tsx";
import { InlineCode } from "./sentence.tsx";

const node = `import { createHmac } from "node:crypto";

const now = Math.floor(Date.now() / 1000);
const part = (claims) =>
  Buffer.from(JSON.stringify(claims)).toString("base64url");
const unsigned = [
  part({ alg: "HS256", typ: "JWT" }),
  part({ sub: process.env.USER_ID, iat: now, exp: now + 900 }),
].join(".");
const signature = createHmac("sha256", process.env.BETTER_AUTH_SECRET)
  .update(unsigned)
  .digest("base64url");

console.log(\`\${unsigned}.\${signature}\`);`;

const python = `import os, time
import jwt  # PyJWT

now = int(time.time())
print(jwt.encode(
    {"sub": os.environ["USER_ID"], "iat": now, "exp": now + 900},
    os.environ["BETTER_AUTH_SECRET"],
    algorithm="HS256",
))`;

/** The chapter on the token, and on how another service makes its own. */
export function Authentication() {
  return (
    <Chapter
      id="authentication"
      title="Authentication"
      text="Tasks have one key: an API token in the Authorization header. No cookie, no parameter and no other header opens them."
    >
      <Pair
        samples={
          <Code
            readOnly
            title="Every tasks request"
            text={"Authorization: Bearer eyJhbGciOiJIUzI1NiJ9…"}
          />
        }
      >
        <Heading level={3}>The token</Heading>
        <p>
          A JWT, signed HS256 with the service's <InlineCode>BETTER_AUTH_SECRET</InlineCode>. Its{" "}
          <InlineCode>sub</InlineCode> is the user whose tasks it opens, and{" "}
          <InlineCode>exp</InlineCode> is required. Checking it asks no database.
        </p>
        <p>
          A token that is missing, forged or expired is answered with 401 before anything else in
          the request is read. A task of somebody else is 403; one that does not exist is 404.
        </p>
        <p>
          Signing out ends the session, not the tokens that were issued before: they live out their
          15 minutes.
        </p>
      </Pair>
      <Pair
        samples={
          <>
            <Code title="Node.js" text={node} />
            <Code title="Python" text={python} />
          </>
        }
      >
        <Heading level={3} id="own-token">
          Make a token yourself
        </Heading>
        <p>
          A service that holds the secret needs no session: it signs a token for a user with any JWT
          library. <InlineCode>sub</InlineCode>, <InlineCode>iat</InlineCode> and{" "}
          <InlineCode>exp</InlineCode> are enough.
        </p>
        <p>
          Where <InlineCode>iss</InlineCode> or <InlineCode>aud</InlineCode> are given, they must be
          the origin of this service. A clock may be 60 seconds ahead.
        </p>
        <p>Keep the secret on servers. Whoever holds it can act for every user.</p>
      </Pair>
    </Chapter>
  );
}
