#include <gmock/gmock.h>

#include <cstdlib>

#include "ortopt/engine/engine.h"
#include "tests/engine/temporary_models.h"

namespace ortopt {
namespace {

using engine_test::TemporaryModels;
using engine_test::the_runtime;
using ::testing::HasSubstr;

/// Sets a variable for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() {
    if (old_.empty())
      unsetenv(name_);
    else
      setenv(name_, old_.c_str(), 1);
  }

 private:
  const char* name_;
  std::string old_;
};

TEST(FindRuntime, FindsTheOneBesideTheBinary) { EXPECT_TRUE(find_runtime()); }

TEST(FindRuntime, TakesALibraryOrItsFolder) {
  TemporaryModels files;
  const auto library = files.write("libonnxruntime.so.1.20.0", "");
  EXPECT_EQ(*find_runtime({.explicit_path = library}), library);
  EXPECT_EQ(*find_runtime({.explicit_path = files.folder()}), library);
  const Variable variable("ORTOPT_RUNTIME", files.folder().string());
  EXPECT_EQ(*find_runtime(), library);
}

TEST(FindRuntime, TakesNothingElseThanWhatTheUserNamed) {
  TemporaryModels files;
  Result<std::filesystem::path> found = find_runtime({.explicit_path = files.folder() / "none.so"});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::no_runtime);
  EXPECT_THAT(found.error().text(), HasSubstr("--ort-lib names"));
  const Variable variable("ORTOPT_RUNTIME", files.folder().string());
  found = find_runtime();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::no_runtime);
  EXPECT_THAT(found.error().text(), HasSubstr("holds no libonnxruntime.so"));
}

TEST(FindRuntime, PlacesNameEachPlaceOnceInOrder) {
  Result<std::filesystem::path> found = find_runtime_in({"/nowhere/a", "/nowhere/b", "/nowhere/a"});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::no_runtime);
  EXPECT_THAT(found.error().text(), HasSubstr("looked in /nowhere/a, /nowhere/b"));
}

TEST(LoadEngine, AFileThatIsNoLibraryIsAClearError) {
  TemporaryModels files;
  Result<std::unique_ptr<Engine>> engine = load_engine(files.write("fake.so", "not a library"));
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().code, Code::no_runtime);
  EXPECT_THAT(engine.error().text(), HasSubstr("cannot be used as ONNX Runtime"));
}

TEST(LoadEngine, AnotherLibraryIsAClearError) {
  Result<std::unique_ptr<Engine>> engine = load_engine("libm.so.6");
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().code, Code::no_runtime);
  EXPECT_THAT(engine.error().text(), HasSubstr("OrtGetApiBase"));
}

TEST(RuntimeVersion, IsThatOfTheLibrary) {
  Result<std::string> version = runtime_version(the_runtime());
  ASSERT_TRUE(version) << version.error().text();
  EXPECT_THAT(*version, ::testing::StartsWith("1."));
}

TEST(RuntimeVersion, OfALibraryThatCrashesIsAnErrorNotACrash) {
  Result<std::string> version = runtime_version(ORTOPT_ABORTING_RUNTIME);
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().code, Code::no_runtime);
  EXPECT_THAT(version.error().text(), HasSubstr("signal 6 (Aborted)"));
  EXPECT_THAT(version.error().text(), HasSubstr("this runtime is broken"));
}

}  // namespace
}  // namespace ortopt
