import { dueLabel, pastLabel } from "#ui/time/day-label.ts";

/**
 * An address in its usual form. The server stores IPv6 in full, and of it the network alone, so
 * that the address of the machine itself (::1) is all zeros.
 */
export function addressLabel(address: string): string {
  const url = `http://[${address}]`;
  const short = URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : address;
  return /^(?:127\.|::1?$)/.test(short) ? "This machine" : short;
}

/** The day of the last use; without `today`, as on the server, the day in UTC. */
export function lastActive(updated_at: string, today: string | null): string {
  const day =
    today === null ? dueLabel(updated_at.slice(0, 10), null) : pastLabel(updated_at, today);
  return `Last active ${day}`;
}
