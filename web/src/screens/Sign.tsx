/** Our own sign: the ring at the top of a yurt, where all poles meet, with its bowed beams crossing. */
const BEAMS = "M9.0 17.0Q24 12.0 39.0 17.0M7.5 24.0Q24 19.0 40.5 24.0M9.0 31.0Q24 26.0 39.0 31.0";

export function Sign() {
  return (
    <svg class="sign" viewBox="0 0 48 48" width="40" height="40" aria-hidden="true" fill="none" stroke="currentColor" stroke-linecap="round">
      <circle cx="24" cy="24" r="19" stroke-width="6" />
      <g stroke-width="2.4">
        <path d={BEAMS} transform="rotate(45 24 24)" />
        <path d={BEAMS} transform="rotate(-45 24 24)" />
      </g>
    </svg>
  );
}
