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

/** The device that a task computes on. A task that is to use a GPU never silently falls back to the CPU. */
public enum DeviceChoice {
    /** The GPU that Spark assigned to the task, or the CPU if it assigned none. */
    AUTO,
    CPU,
    /** The GPU that Spark assigned to the task. */
    GPU;

    private static final String RESOURCE = "gpu";

    /** The device of this task. */
    Device device(TaskContext task) {
        return device(task.resourcesJMap(), () -> TorchEngine.get().getGpuCount());
    }

    /**
     * Returns the device of a task.
     *
     * @param given the resources that Spark assigned to the task, by name
     * @param visible the number of GPUs that libtorch sees; called only if a GPU is to be used
     * @throws UserException (exit code 6) if a GPU is to be used, and Spark did not assign exactly one that libtorch can use
     */
    Device device(Map<String, ResourceInformation> given, IntSupplier visible) {
        ResourceInformation gpu = given.get(RESOURCE);
        if (this == CPU || (this == AUTO && gpu == null)) {
            return Device.cpu();
        }
        require(
                gpu != null,
                "a GPU is required (`device` is gpu), but Spark assigned none to the task: set"
                        + " spark.task.resource.gpu.amount and spark.executor.resource.gpu.amount");
        require(
                gpu.addresses().length == 1,
                "Spark assigned " + gpu.addresses().length + " GPUs (" + String.join(", ", gpu.addresses())
                        + ") to the task, which uses one: set spark.task.resource.gpu.amount to 1, or to a fraction to"
                        + " share a GPU among tasks");
        return device(gpu.addresses()[0], visible);
    }

    private static Device device(String address, IntSupplier visible) {
        require(
                !address.startsWith("MIG"),
                "Spark assigned the GPU slice \"" + address
                        + "\" to the task, which libtorch can use only as its single device: start the executor with"
                        + " CUDA_VISIBLE_DEVICES=" + address + ", and make the discovery script print the index 0");
        require(
                address.matches("[0-9]{1,3}"),
                "Spark assigned the GPU \"" + address
                        + "\" to the task, but libtorch needs its index among the visible devices: make the discovery"
                        + " script print indices");
        int index = Integer.parseInt(address);
        int count = visible.getAsInt();
        require(
                index < count,
                "Spark assigned GPU " + address + " to the task, but libtorch sees " + count
                        + " GPU(s): use the jar built with -Pcuda and check the driver, or set `device` to cpu");
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
