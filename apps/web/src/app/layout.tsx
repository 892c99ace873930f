import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { readSingleKeys, singleKeysCookie } from "#ui/device/single-keys.ts";
import { pageColor, readTheme, themeCookie } from "#ui/device/theme.ts";
import { preloadSans } from "#ui/page/fonts.ts";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Tend", template: "%s · Tend" },
  description: "A private task list. Write it down, tick it off, and nothing you wrote is lost.",
  applicationName: "Tend",
  // iOS would turn numbers in task titles into links.
  formatDetection: { telephone: false, date: false, address: false, email: false },
};

const chosenTheme = async () => readTheme((await cookies()).get(themeCookie)?.value);

export async function generateViewport(): Promise<Viewport> {
  const theme = await chosenTheme();
  return {
    width: "device-width",
    initialScale: 1,
    viewportFit: "cover",
    colorScheme: theme === "system" ? "light dark" : theme,
    themeColor:
      theme === "system"
        ? [
            { media: "(prefers-color-scheme: light)", color: pageColor.light },
            { media: "(prefers-color-scheme: dark)", color: pageColor.dark },
          ]
        : pageColor[theme],
  };
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = await chosenTheme();
  const singleKeys = readSingleKeys((await cookies()).get(singleKeysCookie)?.value);
  preloadSans();
  return (
    // `choicesScript` may set both attributes before React hydrates.
    <html
      lang="en"
      data-theme={theme === "system" ? undefined : theme}
      data-single-keys={singleKeys ? undefined : "off"}
      suppressHydrationWarning
    >
      <body className="flex flex-col">
        <a
          href="#content"
          className="-translate-y-24 fixed top-2 left-4 z-50 rounded-control border border-edge bg-surface px-4 py-3 font-medium focus:translate-y-0"
        >
          Skip to content
        </a>
        {children}
      </body>
    </html>
  );
}
