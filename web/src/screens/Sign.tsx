/** Our own sign: the ring at the top of a yurt, where all poles meet, with the cross-beams seen from below. */
export function Sign() {
  return (
    <svg class="sign" viewBox="0 0 48 48" width="40" height="40" aria-hidden="true" fill="none" stroke="currentColor" stroke-linecap="round">
      <g stroke-width="2.2">
        {Array.from({ length: 16 }, (_, i) => {
          const turn = (i + 0.5) * (Math.PI / 8);
          const [x, y] = [Math.cos(turn), Math.sin(turn)];
          return <path key={i} d={`M${24 + 17.5 * x} ${24 + 17.5 * y}L${24 + 22.4 * x} ${24 + 22.4 * y}`} />;
        })}
      </g>
      <circle cx="24" cy="24" r="15" stroke-width="4.2" />
      <g stroke-width="2">
        <path d="M12 18.5Q24 28 36 18.5M10.5 24.5Q24 34 37.5 24.5" transform="rotate(-45 24 24) translate(0 -2.5)" />
        <path d="M12 18.5Q24 28 36 18.5M10.5 24.5Q24 34 37.5 24.5" transform="rotate(45 24 24) translate(0 -2.5)" />
      </g>
    </svg>
  );
}
