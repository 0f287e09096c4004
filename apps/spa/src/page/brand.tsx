/** The product's name, also in page titles. */
export const product = 'Entra On-Behalf-Of';

/** The product's logo and name. */
export function Brand() {
  return (
    <span className="brand">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="#0f6cbd" />
        <g fill="none" stroke="#fff" strokeWidth="2.5">
          <path d="M11 16h4.500l5-5.500M15.500 16l5 5.500" />
          <circle cx="8.500" cy="16" r="2.800" fill="#fff" />
          <circle cx="23" cy="9" r="2.800" fill="#fff" />
          <circle cx="23" cy="23" r="2.800" fill="#fff" />
        </g>
      </svg>
      <span className="brand-name">{product}</span>
    </span>
  );
}
