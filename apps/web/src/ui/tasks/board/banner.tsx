import type { ReactNode } from "react";
import { Words } from "#ui/kit/words.tsx";

interface BannerProps {
  readonly icon: ReactNode;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** One line above the list, with what can be done about it. */
export function Banner({ icon, action, children }: BannerProps) {
  return (
    <div className="flex min-h-11 w-full flex-wrap max-sm:mb-2 items-center gap-x-3 gap-y-2 rounded-control border border-divider bg-surface px-3 py-1.5">
      <span className="text-warn">{icon}</span>
      <p className="min-w-0 flex-1 basis-48">
        <Words>{children}</Words>
      </p>
      {action}
    </div>
  );
}
