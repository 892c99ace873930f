import type { Theme } from "#ui/device/theme.ts";

const wide = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };
const dark = "(prefers-color-scheme: dark)";
const narrow = "(max-width: 639px)";

/** The task list as it looks in the theme and on the device at hand: pictures of the real screen. */
export function Screenshot({ theme }: { theme: Theme }) {
  const look = theme === "dark" ? "dark" : "light";
  return (
    <picture>
      {theme === "system" && (
        <>
          <source media={`${narrow} and ${dark}`} srcSet="/tasks-phone-dark.webp" {...phone} />
          <source media={dark} srcSet="/tasks-dark.webp" {...wide} />
        </>
      )}
      <source media={narrow} srcSet={`/tasks-phone-${look}.webp`} {...phone} />
      {/* A plain <img>: next/image cannot choose by the colour scheme. */}
      <img
        src={`/tasks-${look}.webp`}
        alt="The task list: a field to add a task, tabs for all, pending and completed tasks, and a few tasks with their dates."
        {...wide}
        fetchPriority="high"
        className="h-auto w-full rounded-dialog border border-divider bg-surface"
      />
    </picture>
  );
}
