"""What the plane, the walks, the matrix and the twin of the page "Latent space" say."""

PLANE = {
    "board": "Images on a plane through z. Arrow keys move it, plus and minus zoom, Enter takes the image in the "
    "middle as the new z.",
    "axes": "Directions of the plane",
    "random": "Random directions",
    "sliders": "Directions of the sliders",
    "seed": "Seed",
    "others": "Other directions",
    "across": "To the right",
    "upward": "Upwards",
    "direction": "Direction {number}",
    "in": "Zoom in: nearer neighbours",
    "out": "Zoom out: farther neighbours",
    "centre": "Centre on z",
    "files": "Save the plane",
    "where": "Middle: ({x}, {y}) from z · neighbours are {zoom} apart · |z| = {norm}",
    "mark": "the present z",
    "outside": "|z| is outside the shell from {low} to {high}, which holds 95 % of all z: G hardly ever saw such z "
    "while it learnt.",
    "outside_uniform": "|z| is outside the shell from {low} to {high}, which holds 95 % of all z, or a number of z is "
    "beyond -1 to 1: G hardly ever saw such z while it learnt. Among {dim} numbers, nearly every step takes one out.",
    "hint": "Drag the plane, or press the arrow keys or W A S D, to move. Press + and -, or click the plane and "
    "turn the wheel, to zoom. Click an image, or press Enter for the one in the middle, to make it the new z.",
    "one": "This z is a single number: there is no plane through it. The slider moves it.",
    "far": "This point is too far away: no number of z may be moved by more than {most}.",
}
WALK = {
    "keep": "Keep the present picture as",
    "take": "Go to",
    "begin": "A and B begin as the z of seeds 1 and 2, until you keep another picture.",
    "linear_short": "linear",
    "spherical_short": "spherical",
    "linear": "Linear walk",
    "spherical": "Spherical walk",
    "linear_at": "Linear walk, t = {t}",
    "spherical_at": "Spherical walk, t = {t}",
    "files": "Save the walk",
    "norms": "Length |z| on the way",
    "shell": "95 % of all z",
    "t": "Place between A and B",
    "at": "t = {t}",
    "play": "Play",
    "pause": "Pause",
    "half_way": "Half way, |z| is {linear} on the linear walk and {spherical} on the spherical one. 95 % of all z are "
    "{low} to {high} long.",
    "leaves": "The linear walk cuts the corner: it leaves this shell, and comes where G hardly ever saw a z while it "
    "learnt. The spherical walk stays in it.",
    "stays": "A and B are only {distance} apart: the linear walk stays in this shell, too.",
    "ends_outside": "A or B is itself outside this shell, so a walk that joins them has to be, too.",
    "alike": "A and B are {distance} apart, and seen from 0 they lie in almost the same direction: there is hardly a "
    "difference between the two walks.",
    "opposite": "Seen from 0, A and B lie in almost opposite directions: the linear walk passes close to 0, where no z "
    "of the training was.",
    "washed_out": "What G draws there is washed out: about the middle of the linear walk, {linear} % of the pixels "
    "with ink are grey, on the spherical walk {spherical} %.",
    "cleaner": "Often, what a generator draws there is washed out. Not here: about the middle of the linear walk, "
    "{linear} % of the pixels with ink are grey, on the spherical walk {spherical} %.",
    "no_difference": "Often, what a generator draws there is washed out. Here one cannot say so: about the middle of "
    "the linear walk, {linear} % of the pixels with ink are grey, on the spherical walk {spherical} %.",
    "uniform": "Here each number of z was drawn from -1 to 1. Between an A and a B whose numbers are in there, it "
    "stays in there on the linear walk, whatever |z| is; on the spherical walk it may get out.",
    "digits": "The condition changes evenly from A's to B's on both walks: a mixture half way is G's answer to a "
    "mixed condition, whatever z is.",
    "same": "A and B are the same point. Move z, and keep another picture as A or B.",
    "same_z": "A and B have the same z: nothing but the condition changes on the way. For another walk, move z, and "
    "keep that picture as A or B.",
    "loop": "A closed loop: the circle around 0 that goes through A towards B, and on, back to A.",
    "loop_file": "Save the loop",
}
MATRIX = {
    "title": "Digits and styles",
    "caption": "In a row, one z under every digit: the style stays. In a column, one digit in the styles on the "
    "spherical walk from A to B. Click an image to take its z and its digit. A and B are kept under Walks.",
    "cell": "style {style}, digit {digit}",
    "faint": "Faint: G was not trained on these.",
    "files": "Save the matrix",
}
TWIN = {
    "title": "Three pictures: the density of z below, the map from z to x above it, the densities of x at its right",
    "densities": "p_g(x), p_data(x)",
    "p_g": "p_g, and the map x = G(z)",
    "p_data": "p_data",
    "p_z": "p_z, the density of z",
    "share": "equal areas: the probability of dz, and of the |G'(z)| dz that it becomes",
    "tangent": "tangent of G at z",
    "slider": "z",
    "goes_on": "step {step} · still training",
    "value": "z = {z}, x = {x}",
    "back": "z = 0",
    "stretched": "z = {z} becomes x = G(z) = {x}. The slope is G'(z) = {slope}: G stretches lengths {stretch} times "
    "here, and thins the density by as much. D's score of x: {score}.",
    "squeezed": "z = {z} becomes x = G(z) = {x}. The slope is G'(z) = {slope}: lengths shrink here to {stretch} of "
    "what they were, and the density grows by as much. D's score of x: {score}.",
    "flat": "z = {z} becomes x = G(z) = {x}. The slope is G'(z) = 0: many z become almost the same x here, and the "
    "density has no bound. D's score of x: {score}.",
    "diverged": "This generator makes no numbers any more: it has diverged.",
    "nothing": "practically 0",
    "one": "p_g(x) = p_z(z) / |G'(z)| = {sum};  p_data(x) = {data}",
    "several": "{count} z become this x: p_g(x) = sum of p_z(z_k) / |G'(z_k)| = {sum};  p_data(x) = {data}",
    "unlike": "The curve is {curve} high here, the sum is {sum}: the curve is the mean over a narrow interval of x, "
    "the sum belongs to this one x. Where G turns round or is almost flat (G' = 0 or nearly), the sum grows without "
    "bound, and the two differ.",
    "hint": "Move z with the slider, with the arrow keys on it, or with the pointer in the picture.",
}
