import type { Task } from "@tend/contracts";
import { useCallback, useState } from "react";
import { useLoaded } from "#ui/kit/use-loaded.ts";
import { useTouched } from "#ui/kit/use-touched.ts";
import { loadCommandParts } from "./load-command-parts.ts";
import type { ReadyMenu } from "./task-menu.tsx";

export interface UsedMenu {
  /** False: its script did not come. */
  readonly menu: ReadyMenu | null | false;
  readonly openMenu: (task: Task, button: HTMLButtonElement) => void;
  readonly closeMenu: () => void;
}

/** The menu of a row: which one is open. */
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
