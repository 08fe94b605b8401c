// Which blocks lie where after each step, and the clock that plays the steps.

const SHORTEST = 130, LONGEST = 600, WHOLE = 9000; // milliseconds: of a step, and of a replay if it has many

// The piles after `count` steps: for each cell the numbers of its blocks, from the bottom to the top.
export function pilesAfter(scene, count) {
  const piles = scene.positions.map((_, cell) => scene.blocks.flatMap((block, number) => (block.origin === cell ? [number] : [])));
  for (const step of scene.steps.slice(0, count)) {
    piles[step.from] = piles[step.from].filter((number) => !step.blocks.includes(number));
    piles[step.to] = [...piles[step.to], ...step.blocks];
  }
  return piles;
}

export const massOf = (scene, pile) => pile.reduce((sum, number) => sum + scene.blocks[number].mass, 0);

export const tallest = (scene) =>
  Math.max(...scene.q, ...Array.from({ length: scene.steps.length + 1 }, (_, count) => pilesAfter(scene, count))
    .flat().map((pile) => massOf(scene, pile)));

export class Replay {
  constructor(scene, show) {
    Object.assign(this, { scene, show, step: 0, clock: null });
  }

  get last() {
    return this.scene.steps.length;
  }

  get playing() {
    return this.clock !== null;
  }

  // The move that the newest step belongs to.
  get move() {
    return this.scene.steps[this.step - 1]?.move;
  }

  // How much of each move is done: 0 nothing, 1 a part, 2 all.
  get done() {
    const { moves, steps } = this.scene;
    const count = (until, move) => steps.slice(0, until).filter((step) => step.move === move).length;
    return moves.map((_, move) => (count(this.step, move) === count(this.last, move) ? 2 : count(this.step, move) ? 1 : 0));
  }

  go(step) {
    this.stop();
    this.step = Math.max(0, Math.min(step, this.last));
    this.show();
  }

  toggle() {
    if (this.playing) return this.go(this.step);
    if (this.step >= this.last) this.step = 0;
    this.clock = setInterval(() => this.tick(), Math.max(SHORTEST, Math.min(LONGEST, WHOLE / this.last)));
    this.tick();
  }

  tick() {
    this.step += 1;
    if (this.step >= this.last) this.go(this.last);
    else this.show();
  }

  stop() {
    clearInterval(this.clock);
    this.clock = null;
  }
}
