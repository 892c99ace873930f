"use client";

import { Monitor, Moon, Sun } from "lucide";
import { chooseTheme, type Theme, themes } from "#ui/device/theme.ts";
import { Icon } from "#ui/kit/icon.tsx";
import { useAlive } from "#ui/kit/use-alive.ts";

const looks = {
  system: { label: "System", icon: Monitor },
  light: { label: "Light", icon: Sun },
  dark: { label: "Dark", icon: Moon },
} as const;

/** The choice of the theme, by three native radio buttons; it holds at once and on later visits. */
export function ThemeChoice({ theme }: { theme: Theme }) {
  const isAlive = useAlive();
  return (
    <fieldset disabled={!isAlive} className="grid grid-cols-3 gap-2">
      <legend className="sr-only">Theme</legend>
      {themes.map((choice) => {
        const { label, icon } = looks[choice];
        return (
          <label
            key={choice}
            className="relative flex min-h-11 cursor-pointer items-center justify-center gap-2 rounded-control border border-edge bg-surface font-medium transition-colors hover:bg-hover has-checked:border-accent has-checked:text-accent has-checked:outline has-checked:outline-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2"
          >
            <input
              type="radio"
              name="theme"
              value={choice}
              defaultChecked={choice === theme}
              onChange={() => chooseTheme(choice)}
              className="absolute inset-0 cursor-pointer appearance-none rounded-control outline-none"
            />
            <Icon of={icon} size={16} />
            {label}
          </label>
        );
      })}
    </fieldset>
  );
}
