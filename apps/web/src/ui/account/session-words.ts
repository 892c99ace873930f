import { dueLabel, pastLabel } from "#ui/time/day-label.ts";

/**
 * An address as people know it. The server keeps IPv6 in full, and of it the network alone: what is
 * all zeros was this machine's own.
 */
export function addressLabel(address: string): string {
  const url = `http://[${address}]`;
  const short = URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : address;
  return /^(?:127\.|::1?$)/.test(short) ? "This machine" : short;
}

/** Without `today`, as on a server that does not know the reader's zone: the day in UTC. */
export function lastActive(updated_at: string, today: string | null): string {
  const day =
    today === null ? dueLabel(updated_at.slice(0, 10), null) : pastLabel(updated_at, today);
  return `Last active ${day}`;
}
