package org.sparkxception.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.sparkxception.ExitCode;
import org.sparkxception.UserException;

class S3aVersionTest {
    @Test
    void anS3aThatIsNewerThanHadoopIsRefused() {
        assertThatThrownBy(() -> S3aVersion.check("3.4.2", "3.3.4"))
                .isInstanceOfSatisfying(
                        UserException.class,
                        refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessage(
                        "S3A (hadoop-aws 3.4.2) does not run on the Hadoop of this Spark, which is 3.3.4: use hadoop-aws"
                                + " 3.3.4, for example with spark.jars.packages=org.apache.hadoop:hadoop-aws:3.3.4, and no other jar"
                                + " with S3A");
        assertThatThrownBy(() -> S3aVersion.check("3.4.10", "3.4.9")).isInstanceOf(UserException.class);
    }

    @Test
    void oneOfTheSameVersionOrAnOlderOneIsAccepted() {
        assertThatCode(() -> S3aVersion.check("3.4.2", "3.4.2")).doesNotThrowAnyException();
        assertThatCode(() -> S3aVersion.check("3.4.2", "3.5.0")).doesNotThrowAnyException();
        assertThatCode(() -> S3aVersion.check("3.3.6-amzn-1", "3.3.6-amzn-1")).doesNotThrowAnyException();
    }

    @Test
    void theVersionOfS3aIsReadFromItsJar() {
        assertThat(S3aVersion.unfit(new NoSuchMethodError("x")).orElseThrow())
                .hasMessageStartingWith(
                        "S3A (hadoop-aws 3.4.2) does not run on the Hadoop of this Spark, which is 3.4.2: ");
    }
}
