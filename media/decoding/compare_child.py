"""The jailed child that lays one picture over another and points at what may be new.

    compare_child.py compare EARLIER LATER

Both are renditions this shop made. Answers with one line of JSON: how the later one lies over the
earlier (a homography, and how many points agree), and boxes in the earlier one's frame, where the
later one shows something the earlier does not. They are candidates for a person to look at: light,
focus and the angle make them too, and another piece of the same model lies over it as well.

Lengths are in widths of the picture they are of. Run by path with no environment; imports nothing
of ours.
"""

import json
import sys
from typing import Any

WORK_EDGE = 1800
FEWEST_INLIERS = 30
MOST_BOXES = 40
_FEATURES = 8000
_RATIO = 0.75
_REACH = 4.0  # pixels a point may be off and still agree
_FINE, _WIDE = 3.0, 24.0  # of the high-pass, and of the contrast round about
_REACH_OF_OLD = 5  # pixels an old line may seem to have moved
_RIM = 12  # pixels along every edge in which nothing is told
_STRONG, _WEAK = 1.5, 0.8
_LEAST_LENGTH = 14
_FEWEST_SEEDS = 3
_GAP = 21


def compare(earlier: str, later: str) -> dict[str, Any]:
    """Homography from the later to the earlier picture, and the boxes."""
    import cv2

    cv2.setNumThreads(2)
    cv2.ocl.setUseOpenCL(False)
    first, second = _grey(cv2, earlier), _grey(cv2, later)
    if first is None or second is None:
        return {"ok": False, "reason": "unreadable"}
    found = _lay_over(cv2, first, second)
    if found is None:
        return {"ok": True, "matrix": None, "inliers": 0, "boxes": []}
    matrix, inliers = found
    boxes = _new_in(cv2, first, second, matrix)
    return {
        "ok": True,
        "matrix": _in_widths(matrix, first.shape[1], second.shape[1]),
        "inliers": inliers,
        "boxes": boxes,
    }


def _grey(cv2: Any, path: str) -> Any:
    image = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
    if image is None:
        return None
    edge = max(image.shape)
    if edge > WORK_EDGE:
        part = WORK_EDGE / edge
        image = cv2.resize(image, None, fx=part, fy=part, interpolation=cv2.INTER_AREA)
    return image


def _lay_over(cv2: Any, first: Any, second: Any) -> tuple[Any, int] | None:
    """SIFT, and MAGSAC over what matches; None when too little agrees."""
    sift = cv2.SIFT_create(nfeatures=_FEATURES)
    points_1, told_1 = sift.detectAndCompute(first, None)
    points_2, told_2 = sift.detectAndCompute(second, None)
    if told_1 is None or told_2 is None or min(len(points_1), len(points_2)) < FEWEST_INLIERS:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(told_2, told_1, k=2)
    good = [
        each[0] for each in pairs if len(each) == 2 and each[0].distance < _RATIO * each[1].distance
    ]
    if len(good) < FEWEST_INLIERS:
        return None
    there = cv2.KeyPoint_convert(points_2, [each.queryIdx for each in good])
    here = cv2.KeyPoint_convert(points_1, [each.trainIdx for each in good])
    matrix, mask = cv2.findHomography(there, here, cv2.USAC_MAGSAC, _REACH, None, 5000, 0.999)
    inliers = int(mask.sum()) if mask is not None else 0
    if matrix is None or inliers < FEWEST_INLIERS:
        return None
    return matrix, inliers


def _new_in(cv2: Any, first: Any, second: Any, matrix: Any) -> list[list[float]]:
    """Boxes where the later picture has a line or spot that the earlier has not within five pixels.
    One-sided: what is gone is no new damage.
    """
    height, width = first.shape
    laid = cv2.warpPerspective(second, matrix, (width, height), flags=cv2.INTER_LINEAR)
    covered = cv2.warpPerspective(second * 0 + 255, matrix, (width, height))
    frame = covered * 0
    frame[_RIM:-_RIM, _RIM:-_RIM] = 255
    covered = cv2.erode(covered, _square(cv2, 2 * _RIM + 1)) & frame
    old, new = _contrast(cv2, first), _contrast(cv2, laid)
    reach = 2 * _REACH_OF_OLD + 1
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    more = new - cv2.dilate(old, around)
    more[covered == 0] = 0
    strong, weak = more > _STRONG, (more > _WEAK).astype("uint8")
    # A scratch is seen in pieces where the light changes along it; they are one box.
    weak = cv2.morphologyEx(weak, cv2.MORPH_CLOSE, _square(cv2, _GAP))
    count, labels, told, _ = cv2.connectedComponentsWithStats(weak, connectivity=8)
    boxes = []
    for n in range(1, count):
        x, y, across, down = (int(each) for each in told[n][:4])
        if max(across, down) < _LEAST_LENGTH:
            continue
        here = (slice(y, y + down), slice(x, x + across))
        seeds = int((strong[here] & (labels[here] == n)).sum())
        if seeds >= _FEWEST_SEEDS:
            boxes.append((seeds, x, y, across, down))
    boxes.sort(reverse=True)
    return [[round(each / width, 5) for each in box[1:]] for box in boxes[:MOST_BOXES]]


def _square(cv2: Any, side: int) -> Any:
    return cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))


def _contrast(cv2: Any, image: Any) -> Any:
    """How much a pixel stands out from what is round it, whatever the light there is."""
    grey = cv2.GaussianBlur(image, (0, 0), 1.0).astype("float32")
    fine = grey - cv2.GaussianBlur(grey, (0, 0), _FINE)
    spread = cv2.sqrt(cv2.GaussianBlur(fine * fine, (0, 0), _WIDE))
    ordered = spread.ravel().copy()
    ordered.partition(ordered.size // 2)
    return abs(fine) / spread.clip(max(1.0, float(ordered[ordered.size // 2])), None)


def _in_widths(matrix: Any, first: int, second: int) -> list[list[float]]:
    """The same, with both pictures one wide."""
    there, here = (second, second, 1.0), (first, first, 1.0)
    rows = [
        [float(matrix[row][column]) * there[column] / here[row] for column in range(3)]
        for row in range(3)
    ]
    return [[each / rows[2][2] for each in row] for row in rows]


def main(arguments: list[str]) -> int:
    """One line of JSON, whatever the pictures are."""
    try:
        answer = compare(arguments[1], arguments[2])
    except MemoryError:
        answer = {"ok": False, "reason": "too_large"}
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
