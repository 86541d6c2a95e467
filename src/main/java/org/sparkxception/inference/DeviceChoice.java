package org.sparkxception.inference;

import ai.djl.Device;
import ai.djl.engine.Engine;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/** On what a task computes. A GPU is never left for the CPU in silence. */
public enum DeviceChoice {
    /** The GPU that Spark gave to the task, or the CPU where it gave none. */
    AUTO,
    CPU,
    /** The GPU that Spark gave to the task. */
    GPU;

    private static final String RESOURCE = "gpu";

    /** The device of this task. */
    Device device(TaskContext task) {
        Optional<ResourceInformation> gpu =
                Optional.ofNullable(task.resourcesJMap().get(RESOURCE));
        if (this == CPU || (this == AUTO && gpu.isEmpty())) {
            return Device.cpu();
        }
        if (gpu.isEmpty()) {
            throw new UserException(
                    ExitCode.MODEL,
                    "a GPU is asked for (--device gpu), but Spark gave none to the task: set"
                            + " spark.task.resource.gpu.amount and spark.executor.resource.gpu.amount");
        }
        return device(gpu.get().addresses()[0], TorchEngine.get());
    }

    private static Device device(String address, Engine engine) {
        if (!address.matches("[0-9]{1,3}")) {
            throw new UserException(
                    ExitCode.MODEL,
                    "Spark gave the GPU \"" + address
                            + "\" to the task, where libtorch needs its index among the visible"
                            + " devices: let the discovery script print indices");
        }
        int index = Integer.parseInt(address);
        if (index >= engine.getGpuCount()) {
            throw new UserException(
                    ExitCode.MODEL,
                    "Spark gave the GPU " + address + " to the task, but libtorch sees " + engine.getGpuCount()
                            + ": use the jar built with -Pcuda and check the driver, or say --device cpu");
        }
        return Device.gpu(index);
    }

    /** The name in options and files. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
