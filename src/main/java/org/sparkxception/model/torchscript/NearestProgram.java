package org.sparkxception.model.torchscript;

import java.util.Map;
import org.sparkxception.model.Resize;

/**
 * Nearest-neighbor resizing. Pillow computes the positions by adding steps in double precision ({@code ImagingScaleAffine} of {@code
 * libImaging/Geometry.c}), TensorFlow by multiplying in single precision ({@code HalfPixelScalerForNN} of {@code
 * resize_nearest_neighbor_op.cc}).
 */
final class NearestProgram {
    private static final String FORWARD = """
              def forward(self: __torch__.M,
                x: Tensor) -> Tensor:
                rows = torch.index_select(x, 0, (self).places(torch.size(x, 0), {rows}))
                return torch.index_select(rows, 1, (self).places(torch.size(x, 1), {columns}))
              def places(self: __torch__.M,
                size: int,
                target: int) -> Tensor:
                step = torch.div(size, target)
            """;

    private static final String PILLOW = """
                first = torch.full([1], torch.mul(step, 0.5), dtype={float64})
                next = torch.full([torch.sub(target, 1)], step, dtype={float64})
                places = torch.cumsum(torch.cat([first, next], 0), 0)
            """;

    private static final String TENSORFLOW = """
                places = torch.mul(torch.add(torch.arange(target, dtype={float32}), 0.5), step)
            """;

    private static final String RETURN = """
                return torch.clamp(torch.to(torch.floor(places), {int64}), 0, torch.sub(size, 1))
            """;

    private NearestProgram() {}

    static String methods(Resize.Library library, int rows, int columns) {
        String places =
                switch (library) {
                    case PILLOW -> PILLOW;
                    case TENSORFLOW -> TENSORFLOW;
                };
        return Template.fill(FORWARD + places + RETURN, Map.of("rows", rows, "columns", columns));
    }
}
