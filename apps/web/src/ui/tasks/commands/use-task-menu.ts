import type { Task } from "@tend/contracts";
import { useCallback, useState } from "react";
import { useLoaded } from "#ui/kit/use-loaded.ts";
import { useTouched } from "#ui/kit/use-touched.ts";
import { loadCommandParts } from "./load-command-parts.ts";
import type { ReadyMenu } from "./task-menu.tsx";

export interface UsedMenu {
  /** The open menu, null for none; false: its script did not load. */
  readonly menu: ReadyMenu | null | false;
  readonly openMenu: (task: Task, button: HTMLButtonElement) => void;
  readonly closeMenu: () => void;
}

/** The state of the menu of a row, of which at most one is open. */
export function useTaskMenu(): UsedMenu {
  const [menu, setMenu] = useState<UsedMenu["menu"]>(null);
  useLoaded(useTouched(), loadCommandParts);
  const openMenu = useCallback(
    (task: Task, button: HTMLButtonElement) =>
      void loadCommandParts().then(
        ({ menuFor }) => setMenu(menuFor(task, button)),
        () => setMenu(false),
      ),
    [],
  );
  const closeMenu = useCallback(() => setMenu(null), []);
  return { menu, openMenu, closeMenu };
}
