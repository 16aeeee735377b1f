#include "ortopt/engine/conversation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>

namespace ortopt {
namespace {

using testing::HasSubstr;

std::unique_ptr<Conversation> started(FunctionRef<std::string(std::string_view)> answer) {
  Result<std::unique_ptr<Conversation>> conversation = Conversation::with_fork(answer);
  EXPECT_TRUE(conversation.has_value());
  return std::move(*conversation);
}

TEST(Conversation, AnswersOneQuestionAfterTheOtherAndRemembers) {
  int asked = 0;
  const auto conversation = started(
      [&](std::string_view question) { return std::string(question) + std::to_string(++asked); });
  EXPECT_EQ(conversation->ask("a").value(), "a1");
  EXPECT_EQ(conversation->ask("b").value(), "b2");
  EXPECT_EQ(asked, 0) << "it is the child that counts";
}

TEST(Conversation, ACrashIsAReportWithTheLastWords) {
  const auto conversation = started([](std::string_view question) -> std::string {
    if (question == "live") return "yes";
    std::fputs("so long", stderr);
    raise(SIGSEGV);
    return "";
  });
  EXPECT_EQ(conversation->ask("live").value(), "yes");
  const Result<std::string> answer = conversation->ask("die");
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("signal 11"));
  EXPECT_THAT(answer.error().message, HasSubstr("so long"));
  EXPECT_FALSE(conversation->ask("live")) << "nobody is there any more";
}

TEST(Conversation, WhoIsLateIsEnded) {
  const auto conversation = started([](std::string_view) {
    pause();
    return std::string();
  });
  const Result<std::string> answer = conversation->ask("?", 0.05);
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("no answer in 0.05 s"));
}

TEST(Conversation, GoesOnAfterHavingBeenFrozen) {
  const auto conversation = started([](std::string_view) { return std::string("here"); });
  conversation->freeze();
  conversation->thaw();
  EXPECT_EQ(conversation->ask("?").value(), "here");
}

TEST(Conversation, AFrozenChildEndsWithTheConversation) {
  const auto conversation = started([](std::string_view) { return std::string("here"); });
  conversation->freeze();
}

TEST(Conversation, AProgramIsTalkedToThroughItsStandardStreams) {
  Result<std::unique_ptr<Conversation>> conversation = Conversation::with_program({"cat"});
  ASSERT_TRUE(conversation);
  EXPECT_EQ((*conversation)->ask("to and fro").value(), "to and fro");
}

TEST(Conversation, AProgramThatIsNotThereIsSaidToBeSo) {
  Result<std::unique_ptr<Conversation>> conversation =
      Conversation::with_program({"no-such-program"});
  ASSERT_TRUE(conversation);
  const Result<std::string> answer = (*conversation)->ask("?");
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("'no-such-program' cannot be started"));
}

}  // namespace
}  // namespace ortopt
