/** The mark of the product: two sockets and their wire. */
export function Logo({ size }: { size: number }) {
  return (
    <svg className="logo" width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" className="logo-ground" />
      <path
        d="M9 11c9 0 5 10 14 10"
        fill="none"
        strokeWidth="2.6"
        strokeLinecap="round"
        className="logo-wire"
      />
      <circle cx="9" cy="11" r="3.4" className="logo-pin" />
      <circle cx="23" cy="21" r="3.4" className="logo-pin" />
    </svg>
  );
}
