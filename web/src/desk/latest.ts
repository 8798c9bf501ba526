/**
 * Questions about something that keeps moving. One is out at a time; of those put meanwhile only the last is asked;
 * and after `forget` nothing is told of what was put before it, even where the answer comes later.
 */
export class Latest<Question, Answer> {
  readonly #ask: (question: Question) => Promise<Answer>;
  readonly #tell: (answer: Answer) => void;
  readonly #fail: (error: unknown) => void;
  #busy = false;
  #next: { readonly question: Question } | null = null;
  #round = 0;

  constructor(ask: (question: Question) => Promise<Answer>, tell: (answer: Answer) => void, fail: (error: unknown) => void) {
    this.#ask = ask;
    this.#tell = tell;
    this.#fail = fail;
  }

  put(question: Question): void {
    this.#next = { question };
    if (!this.#busy) void this.#work();
  }

  forget(): void {
    this.#round += 1;
    this.#next = null;
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#next) {
      const { question } = this.#next;
      const round = this.#round;
      this.#next = null;
      try {
        const answer = await this.#ask(question);
        if (round === this.#round) this.#tell(answer);
      } catch (error) {
        if (round === this.#round) this.#fail(error);
      }
    }
    this.#busy = false;
  }
}
