import { gzipSync } from "node:zlib";
import type { Response } from "@playwright/test";
import type { Figure, Row } from "../figure.ts";

const goals = { "/tasks": "≤ 180", "/offline": "≤ 184" };

/** The script that a browser fetches which was never here, as it comes over the wire. */
export const firstLoad: Row = {
  sizes: [200],
  async measure(scene, tasks) {
    const person = await scene.makePerson(tasks);
    const figures: Figure[] = [];
    for (const [path, goal] of Object.entries(goals)) {
      const device = await scene.makeDevice(person);
      const scripts: Response[] = [];
      device.page.on("response", (response) => {
        if (response.request().resourceType() === "script") scripts.push(response);
      });
      await device.page.goto(path);
      await device.settle();
      const bodies = await Promise.all(scripts.map((script) => script.body()));
      const bytes = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
      const what = `script on the first load of ${path}, gzip`;
      figures.push({ what, cpu: 1, unit: "kB", values: [bytes / 1_000], goal });
    }
    return figures;
  },
};
