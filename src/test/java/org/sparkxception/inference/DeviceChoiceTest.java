package org.sparkxception.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

/** Which device a task uses, for what Spark gave to it and what libtorch sees. */
class DeviceChoiceTest {
    @ParameterizedTest
    @EnumSource(names = {"AUTO", "GPU"})
    void theGpuThatSparkGaveIsUsed(DeviceChoice choice) {
        assertThat(choice.device(given("0"), () -> 2)).isEqualTo(Device.gpu(0));
        assertThat(choice.device(given("1"), () -> 2)).isEqualTo(Device.gpu(1));
    }

    @Test
    void withoutAGpuAutoIsTheCpu() {
        assertThat(DeviceChoice.AUTO.device(Map.of(), DeviceChoiceTest::notAsked))
                .isEqualTo(Device.cpu());
    }

    @Test
    void theCpuIsUsedWhereItIsAskedFor() {
        assertThat(DeviceChoice.CPU.device(given("0"), DeviceChoiceTest::notAsked))
                .isEqualTo(Device.cpu());
    }

    @Test
    void aGpuThatIsAskedForAndNotGivenIsMissed() {
        assertThatThrownBy(() -> DeviceChoice.GPU.device(Map.of(), DeviceChoiceTest::notAsked))
                .isInstanceOfSatisfying(
                        UserException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.MODEL))
                .hasMessage("a GPU is required (`device` is gpu), but Spark assigned none to the task: set"
                        + " spark.task.resource.gpu.amount and spark.executor.resource.gpu.amount");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0; 0; Spark assigned GPU 0 to the task, but libtorch sees 0 GPU(s): use the jar built with -Pcuda and check the"
                        + " driver, or set `device` to cpu",
                "2; 2; Spark assigned GPU 2 to the task, but libtorch sees 2 GPU(s): use the jar built with -Pcuda and check the"
                        + " driver, or set `device` to cpu",
                "GPU-8932f937-d72c-4106; 1; Spark assigned the GPU \"GPU-8932f937-d72c-4106\" to the task, but libtorch needs its index among"
                        + " the visible devices: make the discovery script print indices",
                "MIG-40f1; 1; Spark assigned the GPU slice \"MIG-40f1\" to the task, which libtorch can use only as its single device: start the"
                        + " executor with CUDA_VISIBLE_DEVICES=MIG-40f1, and make the discovery script print the index 0",
                "0 1; 2; Spark assigned 2 GPUs (0, 1) to the task, which uses one: set spark.task.resource.gpu.amount to 1, or to a fraction"
                        + " to share a GPU among tasks"
            })
    void whatCannotBeUsedIsExplained(String addresses, int visible, String why) {
        for (DeviceChoice choice : new DeviceChoice[] {DeviceChoice.AUTO, DeviceChoice.GPU}) {
            assertThatThrownBy(() -> choice.device(given(addresses.split(" ")), () -> visible))
                    .isInstanceOfSatisfying(
                            UserException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.MODEL))
                    .hasMessage(why);
        }
    }

    private static int notAsked() {
        throw new AssertionError("libtorch need not be asked");
    }

    private static Map<String, ResourceInformation> given(String... addresses) {
        return Map.of("gpu", new ResourceInformation("gpu", addresses));
    }
}
