import type { Metadata } from "next";
import { headers } from "next/headers";
import { choicesScript } from "#ui/offline/choices-script.ts";
import { Shell } from "#ui/offline/shell.tsx";
import { NeedsScript } from "#ui/page/needs-script.tsx";

export const metadata: Metadata = { title: "Tasks", robots: { index: false } };

/** What the service worker shows where a page cannot be fetched. It is the same for everybody. */
export default async function OfflinePage() {
  const policy = (await headers()).get("Content-Security-Policy") ?? "";
  return (
    <>
      {/* The worker fetches this page without cookies, so the server cannot know the choices. */}
      <script nonce={/'nonce-([^']+)'/.exec(policy)?.[1]}>{choicesScript}</script>
      <Shell />
      <NeedsScript text="Tend needs JavaScript to show the tasks that this device keeps." />
    </>
  );
}
