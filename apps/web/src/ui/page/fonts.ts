import sans from "@fontsource-variable/geist/files/geist-latin-wght-normal.woff2" with {
  turbopackModuleType: "asset",
};
import mono from "@fontsource-variable/geist-mono/files/geist-mono-latin-wght-normal.woff2" with {
  turbopackModuleType: "asset",
};
import { preload } from "react-dom";

/** Fetches a font beside the stylesheet that names it, so that it is there for the first view. */
const fetchNow = (address: string) =>
  preload(address, { as: "font", type: "font/woff2", crossOrigin: "anonymous" });

/** Preloads the font of every page. */
export const preloadSans = () => fetchNow(sans);

/** Preloads the font of code, for a page that shows some at first. */
export const preloadMono = () => fetchNow(mono);
