import { setCookie } from "./cookie.ts";

/** The themes that a person can choose. "system" follows the device: no cookie is set. */
export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export const themeCookie = "theme";

/** The page colours of the two themes, for the browser's own bars. */
export const pageColor = { light: "#fafaf8", dark: "#161614" } as const;

export const readTheme = (cookie: string | undefined): Theme =>
  cookie === "light" || cookie === "dark" ? cookie : "system";

/** Shows a theme now, and has the server render it from the next page on. */
export function chooseTheme(theme: Theme): void {
  setCookie(themeCookie, theme, theme === "system" ? 0 : 31_536_000);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
