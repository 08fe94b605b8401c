// The live figure of a 1-D run. Mounted once by pages/components/live_figure.py; after that only its data changes.

import { CurvesPicture } from "./curves_picture.js";
import { mounting } from "./stage.js";

export const { show, close } = mounting((place, plotly) => new CurvesPicture(place, plotly));
