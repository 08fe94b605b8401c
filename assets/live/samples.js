// The live grids of a run that draws images. Mounted once by pages/components/sample_grids.py.

import { GridsPicture } from "./grids_picture.js";
import { mounting } from "./stage.js";

export const { show, close } = mounting((place) => new GridsPicture(place));
