// The student's own potential: its heights on the grid, what it is worth, and where it is too steep.

const ROUNDING = 1e-9;

export class Own {
  constructor(scene, heights) {
    this.scene = scene;
    this.f = scene.positions.map((_, cell) => this.onGrid(heights[cell] ?? 0, cell));
  }

  get highest() {
    return this.scene.reach * this.scene.snap;
  }

  onGrid(height, cell) {
    const { snap, reach, f } = this.scene;
    if (height === f[cell]) return height; // the best f, also where it lies between two lines of the grid
    const steps = Math.max(-reach, Math.min(reach, Math.round(height / snap)));
    return Number((steps * snap).toPrecision(15)) || 0;
  }

  put(cell, height) {
    this.f[cell] = this.onGrid(height, cell);
  }

  // The sum of f times (P - Q).
  get value() {
    const { p, q } = this.scene;
    return this.f.reduce((sum, height, cell) => sum + height * (p[cell] - q[cell]), 0);
  }

  slope(boundary) {
    const { positions: x } = this.scene;
    const rise = this.f[boundary + 1] - this.f[boundary];
    return rise === 0 ? 0 : rise / (x[boundary + 1] - x[boundary]); // positions may be as near as no number can tell
  }

  get tooSteep() {
    return this.f.slice(1).flatMap((_, boundary) => (Math.abs(this.slope(boundary)) > 1 + ROUNDING ? [boundary] : []));
  }

  get isBest() {
    const { w1 } = this.scene;
    return !this.tooSteep.length && this.value >= w1 * (1 - ROUNDING);
  }

  // Heights at which a neighbouring slope is -1, 0 or 1: where a point likes to rest.
  corners(cell) {
    const { positions: x } = this.scene;
    return [cell - 1, cell + 1].filter((other) => other in x).flatMap((other) => {
      const gap = Math.abs(x[other] - x[cell]);
      return [-gap, 0, gap].map((rise) => this.f[other] + rise);
    }).filter((height) => Math.abs(height) <= this.highest).sort((a, b) => a - b);
  }
}
