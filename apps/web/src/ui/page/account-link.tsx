/** The link to the account, with the first letter of the person's name. */
export function AccountLink({ name }: { name: string }) {
  const [first = "?"] = name.trim();
  return (
    <a
      href="/account"
      aria-label={`Account of ${name}`}
      className="grid size-9 place-items-center rounded-full border border-edge bg-surface font-medium text-meta uppercase transition-colors hover:bg-hover pointer-coarse:size-11"
    >
      {first}
    </a>
  );
}
