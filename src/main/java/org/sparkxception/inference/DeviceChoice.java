package org.sparkxception.inference;

import ai.djl.Device;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;
import org.sparkxception.engine.TorchEngine;

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
        return device(task.resourcesJMap(), () -> TorchEngine.get().getGpuCount());
    }

    /**
     * The device that a task is to use.
     *
     * @param given what Spark gave to the task, by the resource's name
     * @param visible how many GPUs libtorch sees; asked only where one is to be used
     * @throws UserException (exit code 6) if there is none, or not exactly one, that libtorch can be sent to
     */
    Device device(Map<String, ResourceInformation> given, IntSupplier visible) {
        ResourceInformation gpu = given.get(RESOURCE);
        if (this == CPU || (this == AUTO && gpu == null)) {
            return Device.cpu();
        }
        require(
                gpu != null,
                "a GPU is asked for (--device gpu), but Spark gave none to the task: set"
                        + " spark.task.resource.gpu.amount and spark.executor.resource.gpu.amount");
        require(
                gpu.addresses().length == 1,
                "Spark gave " + gpu.addresses().length + " GPUs (" + String.join(", ", gpu.addresses())
                        + ") to the task, which uses one: set spark.task.resource.gpu.amount to 1, or to a fraction that"
                        + " tasks share a GPU by");
        return device(gpu.addresses()[0], visible);
    }

    private static Device device(String address, IntSupplier visible) {
        require(
                !address.startsWith("MIG"),
                "Spark gave the slice of a GPU \"" + address
                        + "\" to the task, which libtorch sees as its only device: start the executor with"
                        + " CUDA_VISIBLE_DEVICES=" + address + ", and let the discovery script print the index 0");
        require(
                address.matches("[0-9]{1,3}"),
                "Spark gave the GPU \"" + address
                        + "\" to the task, where libtorch needs its index among the visible"
                        + " devices: let the discovery script print indices");
        int index = Integer.parseInt(address);
        int count = visible.getAsInt();
        require(
                index < count,
                "Spark gave the GPU " + address + " to the task, but libtorch sees " + count
                        + ": use the jar built with -Pcuda and check the driver, or say --device cpu");
        return Device.gpu(index);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new UserException(ExitCode.MODEL, otherwise);
        }
    }

    /** The name in options and files. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
