/** The twin's rows of edits: made in the order of their places, and after one that fails no more of its row. */
import { fail } from "./answers";

export class TwinRow {
  /** What answers wait for. */
  beforeAnswering: Promise<unknown> | undefined;
  /** Set to make the next edit fail before the session hears of it. */
  loseNext = false;
  private row = -1;
  private next = 0;
  private stopped = false;
  private readonly early = new Map<number, { make: () => void; drop: () => void }>();

  async take<T>(row: number, place: number, edit: () => T): Promise<T> {
    if (this.loseNext) {
      this.loseNext = false;
      throw new Error("invalid args `changes` for command `document_edit`");
    }
    if (row > this.row) this.begin(row);
    if (row < this.row || place < this.next) return notMade();
    const made = await new Promise<() => T>((resolve) => {
      const make = () => {
        if (this.stopped) resolve(notMade);
        else {
          try {
            const result = edit();
            resolve(() => result);
          } catch (thrown) {
            this.stopped = true;
            resolve(() => {
              throw thrown as Error;
            });
          }
        }
      };
      this.early.set(place, { make, drop: () => resolve(notMade) });
      for (let at = this.early.get(this.next); at; at = this.early.get(this.next)) {
        this.early.delete(this.next);
        this.next += 1;
        at.make();
      }
    });
    await this.beforeAnswering;
    return made();
  }

  end(row: number): void {
    if (this.row > row) return;
    this.early.forEach(({ drop }) => drop());
    this.early.clear();
  }

  private begin(row: number): void {
    this.end(this.row);
    [this.row, this.next, this.stopped] = [row, 0, false];
  }
}

const notMade = (): never => fail("cancelled", "The gesture was not made, because one before it failed.");
