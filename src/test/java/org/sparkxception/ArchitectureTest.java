package org.sparkxception;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.Serializable;

/** The directions in which packages may depend on each other: those of ARCHITECTURE.md. */
@AnalyzeClasses(packages = "org.sparkxception", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule packagesDependInOneDirection = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("cli")
            .definedBy("..cli")
            .layer("job")
            .definedBy("..job")
            .layer("metrics")
            .definedBy("..metrics")
            .layer("inference")
            .definedBy("..inference")
            .layer("source")
            .definedBy("..source")
            .layer("storage")
            .definedBy("..storage")
            .layer("image")
            .definedBy("..image")
            .layer("torchscript")
            .definedBy("..model.torchscript")
            .layer("keras")
            .definedBy("..model.keras")
            .layer("timm")
            .definedBy("..model.timm")
            .layer("model")
            .definedBy("..model")
            .layer("result")
            .definedBy("..result")
            .layer("report")
            .definedBy("..report")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("job")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("metrics")
            .mayOnlyBeAccessedByLayers("cli", "job")
            .whereLayer("inference")
            .mayOnlyBeAccessedByLayers("cli", "job", "metrics")
            .whereLayer("source")
            .mayOnlyBeAccessedByLayers("cli", "job", "inference")
            .whereLayer("storage")
            .mayOnlyBeAccessedByLayers("cli", "job", "inference", "source")
            .whereLayer("image")
            .mayOnlyBeAccessedByLayers("cli", "job", "inference", "source")
            .whereLayer("torchscript")
            .mayOnlyBeAccessedByLayers("inference")
            .whereLayer("keras")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("timm")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("model")
            .mayOnlyBeAccessedByLayers("cli", "job", "inference", "torchscript", "keras", "timm")
            .whereLayer("result")
            .mayOnlyBeAccessedByLayers("job", "inference")
            .whereLayer("report")
            .mayOnlyBeAccessedByLayers("cli", "job");

    @ArchTest
    static final ArchRule thereAreNoCycles =
            slices().matching("org.sparkxception.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule imagesKnowNeitherSparkNorDjl = noClasses()
            .that()
            .resideInAPackage("..image")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "ai.djl..");

    @ArchTest
    static final ArchRule modelsKnowNeitherSparkNorDjl = noClasses()
            .that()
            .resideInAPackage("..model..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "ai.djl..");

    @ArchTest
    static final ArchRule onlyMainEndsTheProcess = noClasses()
            .that()
            .doNotHaveSimpleName("Main")
            .and()
            .doNotHaveSimpleName("ProcessEnd")
            .should()
            .callMethod(System.class, "exit", int.class);

    @ArchTest
    static final ArchRule noRecordCrossesTheWire =
            classes().that().areRecords().should().notBeAssignableTo(Serializable.class);
}
