// The student's own potential: its heights on the grid, what it is worth, and where it is too steep.

const ROUNDING = 1e-9;

export class Own {
  constructor(scene, heights) {
    this.scene = scene;
    this.f = scene.positions.map((_, cell) => this.onGrid(heights[cell] ?? 0));
  }

  get highest() {
    return this.scene.reach * this.scene.snap;
  }

  onGrid(height) {
    const { snap, reach } = this.scene;
    const steps = Math.max(-reach, Math.min(reach, Math.round(height / snap)));
    return Number((steps * snap).toPrecision(15)) || 0;
  }

  put(cell, height) {
    this.f[cell] = this.onGrid(height);
  }

  // The sum of f times (P - Q).
  get value() {
    const { p, q } = this.scene;
    return this.f.reduce((sum, height, cell) => sum + height * (p[cell] - q[cell]), 0);
  }

  slope(boundary) {
    const { positions: x } = this.scene;
    return (this.f[boundary + 1] - this.f[boundary]) / (x[boundary + 1] - x[boundary]);
  }

  get tooSteep() {
    return this.f.slice(1).flatMap((_, boundary) => (Math.abs(this.slope(boundary)) > 1 + ROUNDING ? [boundary] : []));
  }

  get isBest() {
    const { w1 } = this.scene;
    return !this.tooSteep.length && this.value >= w1 - ROUNDING * Math.max(1, w1);
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
