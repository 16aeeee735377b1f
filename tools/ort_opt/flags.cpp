#include "flags.h"

#include <set>
#include <utility>

#include "incumbent.h"
#include "tools/common/command_line.h"

namespace ortopt::tool {
namespace {

constexpr const char* description =
    "Fuses the operators of a transformer in an ONNX file, proves the result equal, and says what "
    "it did.";

constexpr const char* examples = R"(Examples:
  ort-opt bert.onnx                              writes bert.opt.onnx
  ort-opt bert.onnx -o fast.onnx --verify on     fails unless the result was run and is equal
  ort-opt bert.onnx --dry-run --explain          what would be fused, what not, and why
  ort-opt bert.onnx --expect attention=12        for CI: exit code 5 unless there are 12
  ort-opt --input bert.onnx --output fast.onnx --model_type bert --num_heads 12 --hidden_size 768
  ort-opt bert.onnx --float16                    half precision where it is safe; inputs, outputs stay
  ort-opt bert.onnx --float16 --keep_io_types false --io-type logits=fp32 --keep-fp32 Softmax
  ort-opt info fast.onnx                         what a file holds and where it comes from

Exit codes: 0 done, 1 failure, 2 usage, 3 no usable model, 4 outputs differ, 5 expectation not met,
6 no runtime, 7 done, but a fusion had to be taken back.
)";

/// Declares the options over a Flags, which it fills.
class OptimiserLine {
 public:
  OptimiserLine() : line_("ort-opt", description, examples), app_(line_.app()) {
    line_.allow_bare("--explain", "table");
    declare_files();
    declare_hints();
    declare_fusions();
    declare_precision();
    declare_runtime_and_checks();
    declare_output();
  }

  Result<Flags> parse(const std::vector<std::string>& arguments) {
    Result<std::string> text = line_.parse(arguments);
    if (!text) return pass_on(text.error());
    flags_.text = std::move(*text);
    if (!flags_.text.empty()) return std::move(flags_);
    flags_.opt_level_given = app_.count("--opt_level") > 0;
    record();
    return std::move(flags_);
  }

 private:
  void declare_files() {
    line_.group("Files");
    app_.add_option("FILE", flags_.input_file, "The model; the same as --input");
    path("-i,--input", flags_.input, "The model");
    path("-o,--output", flags_.output, "The result; without it <name>.opt.onnx beside the input");
    flag("--use_external_data_format,--external-data", flags_.external_data,
         "Weights in a file of their own, <output>.data");
    flag("--inline", flags_.inline_data, "Weights inside the model file");
    quiet(flag("--allow-outside-data", flags_.allow_outside_data,
               "Take external data from outside the model's folder"));
    quiet(flag("--sync", flags_.sync, "Survive power loss while writing, too"));
  }

  void declare_hints() {
    line_.group("The model (all of it is found out without these)");
    option("--model_type", flags_.model_type, "bert, gpt2, vit, ... or auto");
    option("--num_heads", flags_.num_heads, "Attention heads")->check(whole_number());
    option("--hidden_size", flags_.hidden_size, "Width")->check(whole_number());
    option("--sequence_length", flags_.sequence_length, "No effect: lengths stay as they are");
  }

  void declare_fusions() {
    line_.group("Fusions");
    list("--only", flags_.only, "PASS[@GLOB]", "Run this pass only, or only at matching nodes");
    list("--skip", flags_.skip, "PASS[@GLOB]", "Leave this pass out, or only at matching nodes");
    quiet(flag("--list-passes", flags_.list_passes, "List the passes"));
    option("--target", flags_.target, "any, cpu or cuda, with or without ',ort=1.16'");
    for (const FusionSwitch& entry : fusion_switches)
      line_.flag(std::string(entry.flag), std::string(entry.help));
    flag("--disable_bias_skip_layer_norm", flags_.no_bias_in_skip_layer_norm,
         "No bias in SkipLayerNormalization");
    flag("--enable_gelu_approximation", flags_.gelu_approximation, "Gelu may become FastGelu");
    flag("--use_mask_index", flags_.use_mask_index,
         "Attention gets lengths: padding is at the end only");
    flag("--use_raw_attention_mask", flags_.use_raw_mask, "Attention gets the mask (default)");
    flag("--no_attention_mask", flags_.no_attention_mask, "Drop masks: nothing is padded");
    flag("--use_multi_head_attention", flags_.use_multi_head_attention,
         "MultiHeadAttention rather than Attention");
    flag("--input_int32", flags_.input_int32, "Integer inputs become int32");
    flag("--convert_to_packing_mode", flags_.packing, "Not yet");
    for (const IneffectiveFlag& entry : ineffective_flags)
      line_.flag(std::string(entry.flag), "")->group("");
  }

  void declare_precision() {
    line_.group("Precision");
    flag("--float16", flags_.float16, "The same as --precision fp16");
    option("--precision", flags_.precision, "fp32 (default), fp16, bf16 or mixed");
    flag("--auto_mixed_precision", flags_.gpt2_recipe,
         "float16 but for what the recipe for GPT-2 keeps, without measuring");
    option("--keep_io_types", flags_.keep_io_types,
           "Inputs and outputs stay float32: true (default), false, or names of those that do")
        ->type_name("true|false|NAME,...");
    list("--io-type", flags_.io_types, "NAME=TYPE",
         "The type of one input or output: fp32, fp16, bf16");
    list("--keep-fp32", flags_.keep_fp32, "OP|GLOB", "Operators or nodes that stay in float32");
    names("--op_block_list", flags_.blocked_operators, "The same for operators");
    names("--node_block_list", flags_.blocked_nodes, "The same for nodes");
    option("--min_positive_val", flags_.range.min_positive, "Smaller weights become this")
        ->check(CLI::PositiveNumber);
    option("--max_finite_val", flags_.range.max_finite, "Larger weights become this")
        ->check(CLI::PositiveNumber);
    flag("--force_fp16_initializers", flags_.force_initializers,
         "Weights that only float32 operators read become half floats, too");
    list("--force_fp16_inputs", flags_.force_inputs, "OP=SLOT,...",
         "Inputs of an operator that are half floats where they would stay float32");
    option("--rtol", flags_.relative_tolerance,
           "How far outputs may be off, for mixed and --verify")
        ->check(CLI::NonNegativeNumber);
    option("--atol", flags_.absolute_tolerance, "The same for small numbers")
        ->check(CLI::NonNegativeNumber);
    paths_.insert(option("--input-data", flags_.precision_inputs,
                         "What mixed is chosen with: .npz files, test data or folders of such")
                      ->type_name("PATH"));
  }

  void declare_runtime_and_checks() {
    line_.group("Runtime and checks");
    quiet(option("--verify", flags_.verify, "Run the result against the original: auto, on, off")
              ->check(CLI::IsMember({"auto", "on", "off"})));
    quiet(list("--expect", flags_.expectations, "OP=N",
               "Exit code 5 unless there are N of OP or form"));
    quiet(flag("--require-fusion", flags_.require_fusion, "Exit code 5 when nothing was fused"));
    quiet(flag("--strict", flags_.strict, "Warnings are errors"));
    quiet(flag("--dry-run", flags_.dry_run, "Write nothing"));
    path("--ort-lib", flags_.ort_lib, "The runtime's library");
    option("--opt_level", flags_.opt_level, "The runtime's own optimiser first: 0, 1, 2 or 99")
        ->check(CLI::IsMember({0, 1, 2, 99}));
    flag("--only_onnxruntime", flags_.only_runtime, "Nothing but the runtime's own optimiser");
    option("--provider", flags_.provider, "Execution provider for that: cpu, cuda, ...");
    flag("--use_gpu", flags_.use_gpu, "The same as --provider cuda");
    flag("--gpu_only", flags_.gpu_only, "The same");
  }

  void declare_output() {
    line_.group("What is told");
    quiet(option("--explain", flags_.explain, "Why it did not fuse; =json for programs")
              ->check(CLI::IsMember({"table", "json"}))
              ->type_name(""));
    path("--report", flags_.report, "All facts as JSON; - is stdout");
    quiet(flag("--dump", flags_.dump, "Print the result as text"));
    quiet(flag("--verbose", flags_.verbose, "Log each rewrite to stderr"));
  }

  template <class Value>
  CLI::Option* option(const std::string& name, Value& value, const std::string& help) {
    return line_.option(name, value, help);
  }
  CLI::Option* flag(const std::string& name, bool& value, const std::string& help) {
    return line_.flag(name, value, help);
  }
  CLI::Option* list(const std::string& name, std::vector<std::string>& values,
                    const std::string& type, const std::string& help) {
    return line_.list(name, values, type, help);
  }
  /// An option with as many values as follow it, or with commas between them.
  void names(const std::string& name, std::vector<std::string>& values, const std::string& help) {
    option(name, values, help)->type_name("NAME ...")->expected(1, -1)->delimiter(',');
  }
  /// An option whose value is a path: reports leave it out.
  void path(const std::string& name, std::string& value, const std::string& help) {
    paths_.insert(line_.path(name, value, help));
  }
  /// Marks an option that does not shape the result.
  void quiet(const CLI::Option* declared) { quiet_.insert(declared); }

  /// Notes what was given, in the order of declaration: the same for any order on the line.
  void record() {
    for (const CLI::Option* declared : app_.get_options()) {
      if (declared->count() == 0 || declared->get_positional() || paths_.contains(declared))
        continue;
      const std::string name = "--" + declared->get_lnames().front();
      const bool is_flag = declared->get_expected_max() == 0;
      flags_.names.push_back(name);
      for (const std::string& value : declared->reduced_results()) {
        const std::string text = is_flag ? name : name + " " + value;
        flags_.given.push_back(text);
        if (!quiet_.contains(declared)) flags_.shaping.push_back(text);
        if (is_flag) break;
      }
    }
  }

  CommandLine line_;
  CLI::App& app_;
  Flags flags_;
  std::set<const CLI::Option*> quiet_;
  std::set<const CLI::Option*> paths_;
};

}  // namespace

Result<Flags> read_flags(const std::vector<std::string>& arguments) {
  return OptimiserLine().parse(arguments);
}

Result<Flags> read_info_flags(const std::vector<std::string>& arguments) {
  Flags flags;
  CommandLine line("ort-opt info", "Says what a model file holds and where it comes from.", "");
  line.app().add_option("FILE", flags.input_file, "The model")->required();
  line.flag("--allow-outside-data", flags.allow_outside_data,
            "Take external data from outside the model's folder");
  Result<std::string> text = line.parse(arguments);
  if (!text) return pass_on(text.error());
  flags.text = std::move(*text);
  return flags;
}

}  // namespace ortopt::tool
